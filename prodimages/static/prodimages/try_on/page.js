// The plain page's forms, where there is a script: handles, and the brush over the region.

import { Landmarks } from "./landmarks.js";
import { RegionEditor, canPaint } from "./region.js";

async function picture(address) {
    const answer = await fetch(address, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) {
        throw new Error(`${address}: ${answer.status}`);
    }
    return answer.blob();
}

function place(form) {
    form.landmarks = new Landmarks(form.querySelector("[data-landmarks]"));
    if (canPaint) { // then the region is shown before the preview is made
        form.elements.show_region.value = "yes";
        const button = form.querySelector("[data-next]");
        button.textContent = button.dataset.next;
    }
}

async function paint(form) {
    const root = form.querySelector("[data-region]");
    const editor = new RegionEditor(root);
    root.hidden = false;
    try {
        await editor.load(...(await Promise.all([root.dataset.photo, root.dataset.found].map(picture))));
    } catch {
        root.hidden = true; // the region stays as it was found
        return;
    }
    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const file = new DataTransfer();
        file.items.add(new File([await editor.value()], "region.png", { type: "image/png" }));
        form.elements.region.files = file.files;
        form.submit(); // past this listener
    });
}

const placing = document.querySelector("[data-placing]");
const painting = document.querySelector("[data-painting]");
if (placing) {
    place(placing);
}
if (painting && canPaint) {
    paint(painting);
}
