// The cut-out page: loads photo and mask, and connects tools, keys and saving.

import { History } from "./cutout/history.js";
import { listenToKeys } from "./cutout/keys.js";
import { Mask } from "./cutout/mask.js";
import { Painter } from "./cutout/painter.js";
import { saveMask } from "./cutout/saving.js";
import { Stage } from "./cutout/stage.js";

const root = document.getElementById("cutout-editor");
const words = root.dataset;
const find = (selector) => root.querySelector(selector);
const status = find(".pi-editor-status");
const say = (text, isError = false) => {
    status.textContent = text;
    status.classList.toggle("pi-bad", isError);
};

async function bitmap(address) {
    const response = await fetch(address, { credentials: "same-origin" });
    const type = response.headers.get("Content-Type") || "";
    if (!response.ok || !type.startsWith("image/")) {
        throw new Error(`${address}: ${response.status}`);
    }
    return createImageBitmap(await response.blob(), {
        colorSpaceConversion: address === words.photo ? "default" : "none",
        imageOrientation: "from-image",
    });
}

async function load() {
    const mask = new Mask(Number(words.width), Number(words.height));
    const [photo, alpha, extras] = await Promise.all([
        bitmap(words.photo),
        words.mask ? bitmap(words.mask) : null,
        words.extras ? bitmap(words.extras) : null,
    ]);
    if (alpha) {
        mask.load(alpha);
        alpha.close();
    }
    return { mask, photo, extras };
}

function start({ mask, photo, extras }) {
    root.hidden = false;
    const brush = { mode: "keep", size: 0, softness: 0 };
    const history = new History(mask);
    const zoomOutput = find("#cutout-zoom");
    let painter = null;
    const stage = new Stage(find("canvas"), photo, mask, ({ scale }) => {
        zoomOutput.textContent = `${Math.round(scale * 100)} %`;
        painter?.refreshCursor();
    });
    stage.hatch(extras);
    painter = new Painter(stage, history, brush, find(".pi-brush"), () => changed());
    let isSaved = false;
    let isSaving = false;

    const press = (selector, isOn) => root.querySelectorAll(selector).forEach((button) => {
        button.setAttribute("aria-pressed", String(isOn(button)));
    });
    function use(mode) {
        brush.mode = mode;
        press("[data-tool]", (button) => button.dataset.tool === mode);
        painter.refreshCursor();
    }
    function show(backdrop) {
        stage.show(backdrop);
        press("[data-backdrop]", (button) => button.dataset.backdrop === backdrop);
    }

    // The slider is a curve, because small brushes need fine steps and large ones don't.
    const size = find("#cutout-size");
    const largest = Math.max(mask.width, mask.height) / 2;
    function resize() {
        brush.size = Math.max(1, Math.round(largest ** (size.value / size.max)));
        find("#cutout-size-value").textContent = `${brush.size} px`;
        size.setAttribute("aria-valuetext", `${brush.size} px`);
        painter.refreshCursor();
    }
    function grow(steps) {
        size.value = Number(size.value) + steps;
        resize();
    }
    const softness = find("#cutout-softness");
    function soften() {
        brush.softness = softness.value / 100;
        find("#cutout-softness-value").textContent = `${softness.value} %`;
    }

    const isDirty = () => history.past.length > 0 && !isSaved;
    function changed() {
        find("[data-do=undo]").disabled = !history.past.length;
        find("[data-do=redo]").disabled = !history.future.length;
        say(isDirty() ? words.unsaved : "");
    }
    const step = (direction) => {
        history[direction]().forEach((area) => stage.changed(area));
        changed();
    };

    async function save(choose) {
        if (isSaving) {
            return;
        }
        isSaving = true;
        const buttons = root.querySelectorAll("[data-save]");
        buttons.forEach((button) => { button.disabled = true; });
        say(words.saving);
        try {
            const form = document.getElementById("cutout-form");
            const extra = { based_on: words.version, use: choose ? "1" : "" };
            const address = await saveMask(mask, form, extra, words);
            isSaved = true;
            location.assign(address);
        } catch (error) {
            say(error.message, true);
            isSaving = false;
            buttons.forEach((button) => { button.disabled = false; });
        }
    }

    const acts = {
        undo: () => step("undo"),
        redo: () => step("redo"),
        in: () => stage.zoom(1.4),
        out: () => stage.zoom(1 / 1.4),
        fit: () => stage.fit(),
        actual: () => stage.actualSize(),
    };
    root.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (button?.dataset.do) {
            acts[button.dataset.do]();
        } else if (button?.dataset.tool) {
            use(button.dataset.tool);
        } else if (button?.dataset.backdrop) {
            show(button.dataset.backdrop);
        } else if (button?.dataset.save) {
            save(button.dataset.save === "use");
        }
    });
    size.addEventListener("input", resize);
    softness.addEventListener("input", soften);

    const backdrops = [...root.querySelectorAll("[data-backdrop]")].map((one) => one.dataset.backdrop);
    listenToKeys(painter, {
        plain: {
            k: () => use("keep"),
            r: () => use("remove"),
            h: () => use("pan"),
            "[": () => grow(-2),
            "]": () => grow(2),
            "+": acts.in,
            "=": acts.in,
            "-": acts.out,
            0: acts.fit,
            ...Object.fromEntries(backdrops.map((name, index) => [index + 1, () => show(name)])),
        },
        control: { z: acts.undo, y: acts.redo, s: () => save(false) },
        shiftControl: { z: acts.redo },
    });
    window.addEventListener("beforeunload", (event) => {
        if (isDirty()) {
            event.preventDefault();
        }
    });

    use("keep");
    show("tint");
    // Begin with a brush of a twentieth of the photo.
    size.value = Math.round(size.max * (Math.log(Math.max(4, largest / 10)) / Math.log(largest)));
    resize();
    soften();
    changed();
    root.dataset.ready = "true";
}

load().then(start, () => {
    root.hidden = false;
    root.classList.add("pi-broken");
    say(words.unloaded, true);
});
