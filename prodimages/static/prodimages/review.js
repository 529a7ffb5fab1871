/* Keys for reviewing: j and k move, a approves, r rejects, x ticks, o opens the picture.
   Every one of them presses a control that is on the page anyway. */
"use strict";
(() => {
    const pictures = () => [...document.querySelectorAll(".pi-picture")];
    const current = () => document.activeElement.closest(".pi-picture") || null;

    function focus(picture) {
        if (picture) {
            picture.focus({ preventScroll: true });
            picture.scrollIntoView({ block: "nearest" });
        }
    }

    function move(by) {
        const all = pictures();
        const here = all.indexOf(current());
        focus(all[here < 0 ? 0 : Math.min(Math.max(here + by, 0), all.length - 1)]);
    }

    function press(selector) {
        const picture = current();
        const control = picture && (picture.querySelector(selector)
            || picture.parentElement.querySelector(`.pi-tick ${selector}`));
        if (control) {
            control.click();
        }
        return Boolean(control);
    }

    const keys = {
        j: () => move(1),
        k: () => move(-1),
        a: () => press(".pi-decide > .pi-approve"),
        r: () => press(".pi-decide > .pi-reject"),
        x: () => press("input.action-select"),
        o: () => press(".pi-open"),
    };

    document.addEventListener("keydown", (event) => {
        const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
        if (typing) {
            if (event.key === "Enter" && typing.matches(".pi-reason")) {
                event.preventDefault();
                press(".pi-decide > .pi-reject");
            }
            return;
        }
        if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key] || !pictures().length) {
            return;
        }
        event.preventDefault();
        keys[event.key]();
    });

    // After a decision the card is a new element; the reviewer goes on from the next one to judge.
    let decided = -1;
    document.addEventListener("htmx:beforeSwap", (event) => {
        decided = pictures().indexOf(event.detail.target);
    });
    document.addEventListener("htmx:afterSettle", () => {
        if (decided < 0) {
            return;
        }
        const all = pictures();
        const open = (picture) => picture.classList.contains("pi-is-pending");
        focus(all.slice(decided + 1).find(open) || all[decided]);
        decided = -1;
    });

    // The decision did not arrive, or was refused outright: say so where the reviewer looks.
    for (const failure of ["htmx:responseError", "htmx:sendError"]) {
        document.addEventListener(failure, (event) => {
            const picture = event.target.closest(".pi-picture");
            const words = document.querySelector("[data-failed]");
            if (picture && words) {
                const note = document.createElement("p");
                note.className = "pi-note pi-bad";
                note.setAttribute("role", "alert");
                note.textContent = words.dataset.failed;
                picture.prepend(note);
            }
        });
    }

    document.addEventListener("DOMContentLoaded", () => {
        document.querySelectorAll(".pi-keys").forEach((hint) => { hint.hidden = false; });
        if (location.hash.startsWith("#picture-")) {
            focus(document.getElementById(location.hash.slice(1)));
        }
    });
})();
