/* The picture and its original: one over the other behind a slider, or side by side at full
   size, moving together. Without this script they stand one below the other. */
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
            made.scrollBy(from.clientX - event.clientX, from.clientY - event.clientY);
            from = event;
        }
    });
    for (const end of ["pointerup", "pointercancel"]) {
        stage.addEventListener(end, () => { from = null; });
    }

    function follow(leader, follower) {
        const share = (size, client, at) => (size > client ? at / (size - client) : 0);
        const across = share(leader.scrollWidth, leader.clientWidth, leader.scrollLeft);
        const down = share(leader.scrollHeight, leader.clientHeight, leader.scrollTop);
        const left = across * (follower.scrollWidth - follower.clientWidth);
        const top = down * (follower.scrollHeight - follower.clientHeight);
        // Within a pixel it is there already; without this the two would chase each other.
        if (Math.abs(follower.scrollLeft - left) > 1 || Math.abs(follower.scrollTop - top) > 1) {
            follower.scrollTo(left, top);
        }
    }
    original.addEventListener("scroll", () => follow(original, made));
    made.addEventListener("scroll", () => follow(made, original));

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
