/* Reviewing with the keyboard; ? lists the keys. Each key presses a control that is on the
   page anyway, but for undo (z), which knows the decisions of this tab. */
"use strict";
(() => {
    const one = (selector, within = document) => within.querySelector(selector);
    const pictures = () => [...document.querySelectorAll(".pi-picture")];
    const words = (name) => one("#pi-words")?.dataset[name] ?? "";
    const dialog = (name) => one(`dialog#pi-${name}`);

    function current() {
        const focused = document.activeElement.closest(".pi-picture");
        return focused || one(".pi-picture.pi-current");
    }

    function say(text) {
        const live = one("#pi-live");
        if (live && text) {
            live.textContent = "";
            // Apart from the emptying, so that the same words are said again.
            setTimeout(() => { live.textContent = text; }, 50);
        }
    }

    /* Where the reviewer is */

    function focus(picture) {
        if (!picture) {
            return;
        }
        mark(picture); // first: one at a time, only the current picture can take the focus
        picture.focus({ preventScroll: true });
        picture.scrollIntoView({ block: "nearest" });
    }

    function mark(picture) {
        one(".pi-picture.pi-current")?.classList.remove("pi-current");
        picture.classList.add("pi-current");
        if (document.body.classList.contains("pi-one")) {
            enlarge(picture);
            const all = pictures();
            preload(all[all.indexOf(picture) + 1]);
        }
    }

    function enlarge(picture) {
        const image = one(".pi-open img", picture);
        image.dataset.small ??= image.getAttribute("src");
        image.src = one(".pi-open", picture).href;
    }

    function preload(picture) {
        if (picture) {
            new Image().src = one(".pi-open", picture).href;
        }
    }

    function move(by) {
        const all = pictures();
        const here = all.indexOf(current());
        const there = here < 0 ? 0 : here + by;
        if (there < 0 || there >= all.length) {
            say(words("last"));
        }
        focus(all[Math.min(Math.max(there, 0), all.length - 1)]);
    }

    function oneAtATime(on) {
        document.body.classList.toggle("pi-one", on);
        sessionStorage.setItem("pi-one", on ? "1" : "");
        if (!on) {
            document.querySelectorAll(".pi-open img[data-small]").forEach((image) => {
                image.src = image.dataset.small;
            });
        }
        focus(current() || pictures()[0]);
    }

    function nextPage() {
        const list = one("[data-next-page]");
        // What was decided has left a list of what is to review: the rest has moved up.
        if (list && decidedHere && /[?&]state__exact=/.test(location.search)) {
            lead(() => location.reload());
        } else if (list?.dataset.nextPage) {
            lead(() => location.assign(list.dataset.nextPage));
        } else {
            say(words("last"));
        }
    }

    // The page that a key leads to is gone on with by keyboard: from a picture, or the first to judge.
    function lead(go, picture = "") {
        sessionStorage.setItem("pi-arrive", picture);
        go();
    }

    function arrive() {
        const picture = sessionStorage.getItem("pi-arrive");
        sessionStorage.removeItem("pi-arrive");
        if (picture !== null) {
            focus(document.getElementById(picture) || one(".pi-picture.pi-is-pending") || pictures()[0]);
        } else if (location.hash.startsWith("#picture-")) {
            focus(document.getElementById(location.hash.slice(1)));
        }
    }

    /* Decisions */

    // The way back from the page that compares leads to this picture again.
    function compare() {
        const picture = current();
        if (picture) {
            history.replaceState(null, "", `#${picture.id}`);
            press(".pi-compare");
        }
    }

    function press(selector) {
        const picture = current();
        const control = picture
            && (one(selector, picture) || one(`.pi-tick ${selector}`, picture.parentElement));
        control?.click();
        return Boolean(control);
    }

    function approve() {
        if (current() && !press(".pi-decide > .pi-approve")) {
            say(words("notApproved"));
        }
    }

    function askWhy() {
        const picture = current();
        if (!picture) {
            return;
        }
        if (!one(".pi-decide > .pi-reject", picture)) {
            say(words("notRejected"));
            return;
        }
        mark(picture);
        dialog("reasons").showModal();
    }

    function reject(code) {
        const picture = one(".pi-picture.pi-current");
        dialog("reasons").close();
        focus(picture);
        one(".pi-code", picture).value = code;
        one(".pi-decide > .pi-reject", picture).click();
    }

    const decisions = () => JSON.parse(sessionStorage.getItem("pi-decisions") || "[]");
    const remember = (all) => sessionStorage.setItem("pi-decisions", JSON.stringify(all.slice(-200)));
    let decidedHere = 0;
    let undoing = false;

    async function undo() {
        const all = decisions();
        const last = all.pop();
        const address = one("[data-review-url]")?.dataset.reviewUrl;
        if (!last || !address || undoing || typeof htmx === "undefined") {
            say(words("nothing"));
            return;
        }
        remember(all);
        undoing = true;
        const [key, decided, compare] = last;
        const picture = document.getElementById(`picture-${key}`);
        const values = { undo: key, decided, compare };
        try {
            await htmx.ajax("POST", address, picture
                ? { source: picture, target: picture, swap: "outerHTML", values }
                : { source: one("[data-review-url]"), swap: "none", values });
        } finally {
            undoing = false;
        }
        if (!picture) {
            lead(() => location.reload(), `picture-${key}`);
        }
    }

    /* The original in the picture's place, for as long as the key is down */

    function showOriginal(on) {
        const picture = current();
        const image = picture && one(".pi-open img", picture);
        const original = picture?.dataset.original;
        if (!image || !original || picture.classList.contains("pi-shows-original") === on) {
            return;
        }
        picture.classList.toggle("pi-shows-original", on);
        if (on) {
            image.dataset.made = image.getAttribute("src");
            image.src = original;
            say(words("original"));
        } else {
            image.src = image.dataset.made;
        }
    }

    const keys = {
        j: () => move(1),
        ArrowRight: () => move(1),
        k: () => move(-1),
        ArrowLeft: () => move(-1),
        a: approve,
        r: askWhy,
        z: undo,
        o: () => showOriginal(true),
        c: compare,
        f: () => oneAtATime(!document.body.classList.contains("pi-one")),
        x: () => press("input.action-select"),
        n: nextPage,
        "?": () => dialog("help").showModal(),
    };

    document.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) {
            return;
        }
        if (dialog("reasons")?.open) {
            const choice = document.querySelectorAll("#pi-reasons [data-code]")[Number(event.key) - 1];
            if (choice) {
                event.preventDefault();
                reject(choice.dataset.code);
            }
            return;
        }
        const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
        if (typing) {
            if (event.key === "Enter" && typing.matches(".pi-reason")) {
                event.preventDefault();
                press(".pi-decide > .pi-reject");
            }
            return;
        }
        if (dialog("help")?.open || !keys[event.key] || !pictures().length || !dialog("help")) {
            return;
        }
        event.preventDefault();
        keys[event.key]();
    });
    document.addEventListener("keyup", (event) => {
        if (event.key === "o") {
            showOriginal(false);
        }
    });
    document.addEventListener("focusin", (event) => {
        const picture = event.target.closest(".pi-picture");
        if (picture && !picture.classList.contains("pi-current")) {
            mark(picture);
        }
    });

    // After a decision the card is a new element; the reviewer goes on from the next one to judge.
    let decided = null;
    document.addEventListener("htmx:beforeSwap", (event) => {
        const { target } = event.detail;
        const place = pictures().indexOf(target);
        if (place >= 0) {
            decided = { place, before: target.dataset.decided };
        }
    });
    document.addEventListener("htmx:afterSettle", (event) => {
        if (event.target.id === "job-status" || event.detail.target?.id === "job-status") {
            sayStatus();
        }
        if (!decided) {
            return;
        }
        const all = pictures();
        const { place, before } = decided;
        const card = all[place];
        decided = null;
        say([...card.querySelectorAll(":scope > .pi-note")].map((note) => note.textContent.trim())[0]);
        const after = card.dataset.decided;
        if (undoing || !after || after === before) {
            focus(card);
            return;
        }
        decidedHere += 1;
        const key = card.id.replace("picture-", "");
        remember([...decisions(), [key, after, card.dataset.compare]]);
        const open = (picture) => picture.classList.contains("pi-is-pending");
        focus(all.slice(place + 1).find(open) || card);
    });

    // Proofs that are still being made appear by themselves, but under nobody's hands.
    document.addEventListener("htmx:beforeRequest", (event) => {
        const field = document.activeElement.closest("#proofs :is(input, select, button, summary)");
        if (event.target.id === "proofs" && (field || one("dialog[open]"))) {
            event.preventDefault();
        }
    });
    let kept = "";
    document.addEventListener("htmx:beforeSwap", (event) => {
        if (event.detail.target.id === "proofs") {
            kept = document.activeElement.closest(".pi-picture")?.id ?? "";
        }
    });
    document.addEventListener("htmx:afterSettle", () => {
        if (kept) {
            focus(document.getElementById(kept));
            kept = "";
        }
    });

    let status = null;
    function sayStatus() {
        const now = one("#job-status [data-say]")?.dataset.say;
        if (now && now !== status) {
            if (status !== null) {
                say(now);
            }
            status = now;
        }
    }

    // The decision did not arrive, or was refused outright: say so where the reviewer looks.
    for (const failure of ["htmx:responseError", "htmx:sendError"]) {
        document.addEventListener(failure, (event) => {
            const picture = event.target.closest(".pi-picture");
            const text = one("[data-failed]")?.dataset.failed;
            if (picture && text) {
                const note = document.createElement("p");
                note.className = "pi-note pi-bad";
                note.textContent = text;
                picture.prepend(note);
                say(text);
            }
        });
    }

    document.addEventListener("DOMContentLoaded", () => {
        document.querySelectorAll(".pi-keys").forEach((hint) => { hint.hidden = false; });
        sayStatus();
        document.querySelectorAll("#pi-reasons [data-code]").forEach((button) => {
            button.addEventListener("click", () => reject(button.dataset.code));
        });
        const all = pictures();
        if (all.length && one("[data-next-page]") && sessionStorage.getItem("pi-one")) {
            oneAtATime(true);
        }
        arrive();
    });
})();
