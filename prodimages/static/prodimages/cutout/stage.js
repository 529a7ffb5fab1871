// The visible part of photo and mask: zoom, pan, and what is shown behind the product.

import { MaskLayer } from "./layer.js";

const LARGEST = 32; // screen pixels a photo pixel
const COLORS = { black: "#000", white: "#fff", magenta: "#f0f" };
const REMOVED = "rgb(214 40 60 / 45%)";
const HATCH = ["rgb(214 40 60)", "rgb(255 255 255 / 70%)"]; // lines, and what is between
const MARKED = "rgb(214 40 60 / 50%)";

export class Stage {
    constructor(canvas, photo, mask, onChange) {
        this.canvas = canvas;
        this.context = canvas.getContext("2d", { alpha: false });
        this.buffer = new OffscreenCanvas(1, 1);
        this.photo = photo;
        this.mask = mask;
        this.layer = new MaskLayer(mask);
        this.onChange = onChange;
        this.backdrop = "tint";
        this.scale = 1; // device pixels a photo pixel
        this.x = 0;
        this.y = 0;
        this.dirty = null;
        this.fitted = true;
        this.checks = this.context.createPattern(checkerboard(), "repeat");
        this.lines = null;
        this.extras = null;
        new ResizeObserver(() => this.resize()).observe(canvas);
        this.resize();
    }

    get ratio() {
        return window.devicePixelRatio || 1;
    }

    resize() {
        const box = this.canvas.getBoundingClientRect();
        const width = Math.max(1, Math.round(box.width * this.ratio));
        const height = Math.max(1, Math.round(box.height * this.ratio));
        if (this.canvas.width !== width || this.canvas.height !== height) {
            for (const surface of [this.canvas, this.buffer]) {
                surface.width = width;
                surface.height = height;
            }
        }
        if (this.fitted) {
            this.fit();
        } else {
            this.place();
        }
    }

    get fitScale() {
        const { width, height } = this.canvas;
        return 0.96 * Math.min(width / this.mask.width, height / this.mask.height);
    }

    fit() {
        this.scale = this.fitScale;
        this.center();
        this.fitted = true;
    }

    /** One photo pixel on one pixel of the screen. */
    actualSize() {
        this.scale = 1;
        this.center();
    }

    center() {
        this.x = Math.round((this.canvas.width - this.mask.width * this.scale) / 2);
        this.y = Math.round((this.canvas.height - this.mask.height * this.scale) / 2);
        this.place();
    }

    /** Zoom so that the photo stays where it is under a point of the screen, else the middle. */
    zoom(factor, point = null) {
        const box = this.canvas.getBoundingClientRect();
        const x = point ? (point.clientX - box.left) * this.ratio : this.canvas.width / 2;
        const y = point ? (point.clientY - box.top) * this.ratio : this.canvas.height / 2;
        const least = Math.min(1, this.fitScale / 2);
        const scale = Math.min(LARGEST, Math.max(least, this.scale * factor));
        this.x = x - ((x - this.x) * scale) / this.scale;
        this.y = y - ((y - this.y) * scale) / this.scale;
        this.scale = scale;
        this.place();
    }

    pan(dx, dy) {
        this.x += dx * this.ratio;
        this.y += dy * this.ratio;
        this.place();
    }

    /** Keep at least a corner of the photo in sight, and draw all anew. */
    place() {
        const margin = 60 * this.ratio;
        const { width, height } = this.canvas;
        this.x = Math.min(width - margin, Math.max(margin - this.mask.width * this.scale, this.x));
        this.y = Math.min(height - margin, Math.max(margin - this.mask.height * this.scale, this.y));
        this.fitted = false;
        this.invalidate();
        this.onChange(this);
    }

    show(backdrop) {
        this.backdrop = backdrop;
        this.invalidate();
    }

    /** Hatch where the picture `extras` is opaque; it has the photo's proportions. */
    hatch(extras, colors = HATCH) {
        this.extras = extras;
        this.lines = this.context.createPattern(hatching(colors), "repeat");
        this.invalidate();
    }

    toPhoto(point) {
        const box = this.canvas.getBoundingClientRect();
        return {
            x: ((point.clientX - box.left) * this.ratio - this.x) / this.scale,
            y: ((point.clientY - box.top) * this.ratio - this.y) / this.scale,
        };
    }

    toScreen(point) {
        return {
            x: (point.x * this.scale + this.x) / this.ratio,
            y: (point.y * this.scale + this.y) / this.ratio,
        };
    }

    /** The mask changed in `area`. */
    changed(area) {
        this.layer.update(area);
        this.invalidate({
            left: Math.floor(area.left * this.scale + this.x) - 2,
            top: Math.floor(area.top * this.scale + this.y) - 2,
            right: Math.ceil(area.right * this.scale + this.x) + 2,
            bottom: Math.ceil(area.bottom * this.scale + this.y) + 2,
        });
    }

    invalidate(area = { left: 0, top: 0, right: this.canvas.width, bottom: this.canvas.height }) {
        if (!this.dirty) {
            this.dirty = { ...area };
            requestAnimationFrame(() => this.draw());
            return;
        }
        this.dirty.left = Math.min(this.dirty.left, area.left);
        this.dirty.top = Math.min(this.dirty.top, area.top);
        this.dirty.right = Math.max(this.dirty.right, area.right);
        this.dirty.bottom = Math.max(this.dirty.bottom, area.bottom);
    }

    draw() {
        const { left, top, right, bottom } = this.dirty;
        this.dirty = null;
        const buffer = this.buffer.getContext("2d");
        for (const context of [this.context, buffer]) {
            context.save();
            context.beginPath();
            context.rect(left, top, right - left, bottom - top);
            context.clip();
        }
        this.context.fillStyle = "#7d7d7d";
        this.context.fillRect(left, top, right - left, bottom - top);
        buffer.clearRect(left, top, right - left, bottom - top);
        this.compose(buffer);
        this.context.drawImage(this.buffer, 0, 0);
        if (this.extras && this.backdrop !== "original") {
            buffer.globalCompositeOperation = "source-over";
            buffer.clearRect(left, top, right - left, bottom - top);
            this.fill(buffer, this.lines);
            buffer.globalCompositeOperation = "destination-in";
            this.drawWhole(buffer, this.extras);
            this.context.drawImage(this.buffer, 0, 0);
        }
        for (const context of [this.context, buffer]) {
            context.restore();
        }
    }

    compose(buffer) {
        const main = this.context;
        if (this.backdrop === "marked") {
            this.drawPhoto(main);
            this.fill(buffer, MARKED);
            buffer.globalCompositeOperation = "destination-in";
            this.drawMask(buffer);
            return;
        }
        if (this.backdrop === "original" || this.backdrop === "tint") {
            this.drawPhoto(main);
            if (this.backdrop === "tint") {
                this.fill(buffer, REMOVED);
                buffer.globalCompositeOperation = "destination-out";
                this.drawMask(buffer);
            }
            return;
        }
        this.fill(main, this.backdrop === "checks" ? this.checks : COLORS[this.backdrop]);
        this.drawPhoto(buffer);
        buffer.globalCompositeOperation = "destination-in";
        this.drawMask(buffer);
    }

    fill(context, color) {
        context.fillStyle = color;
        context.fillRect(this.x, this.y, this.mask.width * this.scale, this.mask.height * this.scale);
    }

    drawPhoto(context) {
        context.imageSmoothingEnabled = this.scale < 3;
        context.imageSmoothingQuality = "medium";
        this.drawWhole(context, this.photo);
    }

    drawMask(context) {
        context.imageSmoothingEnabled = this.scale < 3;
        context.imageSmoothingQuality = "low";
        this.drawWhole(context, this.layer.canvas);
    }

    drawWhole(context, picture) {
        const { width, height } = this.mask;
        context.drawImage(picture, this.x, this.y, width * this.scale, height * this.scale);
    }
}

function hatching([line, gap]) {
    const side = 10;
    const tile = new OffscreenCanvas(side, side);
    const context = tile.getContext("2d");
    for (let y = 0; y < side; y += 1) {
        for (let x = 0; x < side; x += 1) {
            context.fillStyle = (x + y) % side < 4 ? line : gap;
            context.fillRect(x, y, 1, 1);
        }
    }
    return tile;
}

function checkerboard() {
    const board = new OffscreenCanvas(24, 24);
    const context = board.getContext("2d");
    context.fillStyle = "#f4f4f4";
    context.fillRect(0, 0, 24, 24);
    context.fillStyle = "#c9c9c9";
    context.fillRect(0, 0, 12, 12);
    context.fillRect(12, 12, 12, 12);
    return board;
}
