/* The picture and its original: one over the other behind a slider, or side by side at full
   size, moving together with the product in the same place of both. Without this script they
   stand one below the other. */
"use strict";
document.addEventListener("DOMContentLoaded", () => {
    const stage = document.getElementById("pi-stage");
    const modes = document.querySelector(".pi-modes");
    const cut = document.getElementById("pi-cut");
    if (!modes || !cut) {
        return;
    }
    const [original, made] = stage.querySelectorAll(".pi-pane");
    const photo = original.querySelector("img");
    modes.hidden = false;

    function show(mode) {
        stage.className = `pi-${mode}`;
        cut.closest(".pi-cut").hidden = mode !== "slide";
        for (const button of modes.querySelectorAll("[data-mode]")) {
            button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
        }
        // A pane that can't be scrolled needs no place in the order of the keyboard.
        for (const pane of [original, made]) {
            pane.tabIndex = mode === "sides" ? 0 : -1;
        }
        place(mode);
        slide();
        if (mode === "sides") {
            center();
        }
    }

    function place(mode) {
        const lies = mode === "slide" && stage.dataset.fits;
        for (const side of ["left", "top", "width", "height"]) {
            photo.style[side] = lies ? `${stage.dataset[side]}%` : "";
        }
        photo.classList.toggle("pi-fits", Boolean(lies));
    }

    function slide() {
        stage.style.setProperty("--cut", `${cut.value}%`);
    }

    function cutAt(event) {
        const box = stage.getBoundingClientRect();
        cut.value = Math.round(100 * (event.clientX - box.left) / box.width);
        slide();
    }

    cut.addEventListener("input", slide);
    modes.addEventListener("click", (event) => {
        const button = event.target.closest("[data-mode]");
        if (button) {
            show(button.dataset.mode);
        }
    });

    /* Dragging: the slider's edge, or both panes */

    let from = null;
    stage.addEventListener("pointerdown", (event) => {
        if (event.button !== 0 || event.target.closest("a")) {
            return;
        }
        stage.setPointerCapture(event.pointerId);
        from = event;
        if (stage.classList.contains("pi-slide")) {
            cutAt(event);
        }
    });
    stage.addEventListener("pointermove", (event) => {
        if (!from) {
            return;
        }
        if (stage.classList.contains("pi-slide")) {
            cutAt(event);
        } else {
            leads = made;
            made.scrollBy(from.clientX - event.clientX, from.clientY - event.clientY);
            from = event;
        }
    });
    for (const end of ["pointerup", "pointercancel"]) {
        stage.addEventListener(end, () => { from = null; });
    }

    // Where each image's pixels come from: a share of the picture is another share of its photo,
    // or the same where nobody knows how the two lie on each other.
    const lies = (side, size) => (stage.dataset.fits
        ? [Number(stage.dataset[side]) / 100, Number(stage.dataset[size]) / 100] : [0, 1]);
    const axes = [
        ["scrollLeft", "scrollWidth", "clientWidth", lies("left", "width")],
        ["scrollTop", "scrollHeight", "clientHeight", lies("top", "height")],
    ];

    // The pane's own middle, as a share of the picture, for one axis of ``axes``.
    function middleOf(pane, [at, size, client, [start, span]]) {
        const share = (pane[at] + pane[client] / 2) / pane[size];
        return pane === made ? share : start + share * span;
    }

    function positionFor(pane, share, [, size, client, [start, span]]) {
        const own = pane === made ? share : (share - start) / span;
        return Math.min(Math.max(own * pane[size] - pane[client] / 2, 0), pane[size] - pane[client]);
    }

    function center() {
        const middle = (stage.dataset.middle || "0.5 0.5").split(" ").map(Number);
        for (const pane of [original, made]) {
            const [left, top] = axes.map((axis, n) => positionFor(pane, middle[n], axis));
            pane.scrollTo(left, top);
        }
    }
    for (const image of stage.querySelectorAll("img")) {
        image.addEventListener("load", () => stage.classList.contains("pi-sides") && center());
    }

    function follow(leader, follower) {
        if (follower === leads) {
            return; // it is where the reviewer put it; the other can't always go as far
        }
        const [left, top] = axes.map((axis) => positionFor(follower, middleOf(leader, axis), axis));
        // Within a pixel it is there already; without this the two would chase each other.
        if (Math.abs(follower.scrollLeft - left) > 1 || Math.abs(follower.scrollTop - top) > 1) {
            follower.scrollTo(left, top);
        }
    }
    let leads = made;
    for (const [pane, other] of [[original, made], [made, original]]) {
        for (const hand of ["wheel", "keydown", "focus"]) {
            pane.addEventListener(hand, () => { leads = pane; }, { passive: true });
        }
        pane.addEventListener("scroll", () => follow(pane, other));
    }

    /* Keys */

    document.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) {
            return;
        }
        if (event.target.closest("input:not([type=range]):not([type=checkbox]), textarea, select")) {
            return;
        }
        if (event.key === "o") {
            stage.classList.add("pi-only-original");
        } else if (event.key === "Escape" && history.length > 1) {
            history.back();
        } else if (stage.classList.contains("pi-slide") && event.target !== cut
                   && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
            cut.focus();
            cut.value = Number(cut.value) + (event.key === "ArrowLeft" ? -5 : 5);
            slide();
            event.preventDefault();
        }
    });
    document.addEventListener("keyup", (event) => {
        if (event.key === "o") {
            stage.classList.remove("pi-only-original");
        }
    });

    show(stage.dataset.fits ? "slide" : "sides");
});
