// The region over the shopper's own photo: what would be repainted, put in and taken out by a brush.
//
// The brush, its undo and its keys are those of the cut-out page.

import { History } from "../cutout/history.js";
import { listenToKeys } from "../cutout/keys.js";
import { MaskLayer } from "../cutout/layer.js";
import { Mask } from "../cutout/mask.js";
import { Painter } from "../cutout/painter.js";
import { encodeGray } from "../cutout/png.js";
import { Stage } from "../cutout/stage.js";

const STAYS = ["rgb(0 108 82 / 60%)", "rgb(255 255 255 / 10%)"];
const LEAST_SHARE = 0.01; // of the photo's longer side
const MOST_SHARE = 0.25;

/** Whether this browser can draw and send masks; without it the region stays as it was found. */
export const canPaint = typeof OffscreenCanvas === "function" && typeof CompressionStream === "function";

export class RegionEditor {
    constructor(root) {
        this.root = root;
        this.size = root.querySelector("[data-brush-size]");
        this.brush = { mode: "keep", size: 1, softness: 0 };
        this.painter = null;
        root.addEventListener("click", (event) => this.#click(event.target.closest("button")));
        this.size.addEventListener("input", () => this.#resize());
    }

    /** Both are blobs: the photo, and the marks that came with it. */
    async load(photo, marks) {
        const [picture, levels] = await Promise.all([
            createImageBitmap(photo, { imageOrientation: "from-image" }),
            createImageBitmap(marks, { colorSpaceConversion: "none" }),
        ]);
        this.mask = new Mask(levels.width, levels.height);
        this.mask.load(levels);
        levels.close();
        // 255 would be repainted, 128 can't be: see imaging/regions.py.
        const locked = this.mask.data.map((level) => (level > 64 && level < 192 ? 255 : 0));
        this.mask.data = this.mask.data.map((level) => (level >= 192 ? 255 : 0));
        this.mask.locked = locked;
        this.found = this.mask.data.slice();
        this.history = new History(this.mask);
        this.#start(picture, locked);
    }

    #start(picture, locked) {
        const old = this.root.querySelector("canvas");
        const canvas = old.cloneNode(); // without what listened to the last one
        canvas.width = canvas.height = 1; // an empty one draws no patterns
        canvas.style.aspectRatio = `${this.mask.width} / ${this.mask.height}`;
        old.replaceWith(canvas);
        this.stage = new Stage(canvas, picture, this.mask, () => this.painter?.refreshCursor());
        this.stage.show("marked");
        const { width, height } = this.mask;
        this.stage.hatch(new MaskLayer({ width, height, data: locked }).canvas, STAYS);
        const cursor = this.root.querySelector(".prodimages-brush");
        this.painter = new Painter(this.stage, this.history, this.brush, cursor, () => this.#changed());
        const keys = {
            plain: {
                k: () => this.#use("keep"),
                r: () => this.#use("remove"),
                "[": () => this.#grow(-5),
                "]": () => this.#grow(5),
                "+": () => this.stage.zoom(1.4),
                "-": () => this.stage.zoom(1 / 1.4),
                0: () => this.stage.fit(),
            },
            control: { z: () => this.#step("undo"), y: () => this.#step("redo") },
            shiftControl: { z: () => this.#step("redo") },
        };
        listenToKeys(this.painter, keys, canvas);
        this.#use("keep");
        this.#resize();
        this.#changed();
        this.root.dataset.ready = "true";
    }

    /** The photo goes from this page as well. */
    clear() {
        this.root.dataset.ready = "false";
        const canvas = this.root.querySelector("canvas");
        canvas.replaceWith(canvas.cloneNode());
        this.painter = this.stage = this.mask = this.history = this.found = null;
    }

    /** A gray PNG of the marks' size: white may be repainted. */
    value() {
        return encodeGray(this.mask);
    }

    #click(button) {
        if (!button || !this.painter) {
            return;
        }
        const acts = {
            undo: () => this.#step("undo"),
            reset: () => this.#reset(),
            in: () => this.stage.zoom(1.4),
            out: () => this.stage.zoom(1 / 1.4),
        };
        if (button.dataset.tool) {
            this.#use(button.dataset.tool);
        } else {
            acts[button.dataset.do]?.();
        }
    }

    #use(mode) {
        this.brush.mode = mode;
        for (const button of this.root.querySelectorAll("[data-tool]")) {
            button.setAttribute("aria-pressed", String(button.dataset.tool === mode));
        }
    }

    #grow(steps) {
        this.size.value = Number(this.size.value) + steps;
        this.#resize();
    }

    #resize() {
        if (!this.mask) {
            return;
        }
        const share = LEAST_SHARE * (MOST_SHARE / LEAST_SHARE) ** (this.size.value / this.size.max);
        this.brush.size = Math.max(2, Math.round(share * Math.max(this.mask.width, this.mask.height)));
        this.size.setAttribute("aria-valuetext", `${Math.round(share * 100)} %`);
        this.painter.refreshCursor();
    }

    #step(direction) {
        this.history[direction]().forEach((area) => this.stage.changed(area));
        this.#changed();
    }

    /** Back to what was found; a step that can be undone like any other. */
    #reset() {
        const whole = { left: 0, top: 0, right: this.mask.width, bottom: this.mask.height };
        this.history.begin();
        this.history.touch(whole);
        this.mask.data.set(this.found);
        this.history.end();
        this.stage.changed(whole);
        this.#changed();
    }

    #changed() {
        this.root.querySelector("[data-do='undo']").disabled = !this.history.past.length;
        const isFound = this.mask.data.every((value, index) => value === this.found[index]);
        this.root.querySelector("[data-do='reset']").disabled = isFound;
    }
}
