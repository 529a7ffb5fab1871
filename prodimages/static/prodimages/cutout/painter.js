// Strokes from pointers (mouse, pen, touch) and from the keyboard.

const PEN_ERASER = 32; // PointerEvent.buttons
const LINE = 16; // wheel deltas in lines, as Firefox gives them, in pixels

export class Painter {
    constructor(stage, history, brush, cursor, onStroke) {
        Object.assign(this, { stage, history, brush, cursor, onStroke });
        this.canvas = stage.canvas;
        this.pointers = new Map();
        this.mode = ""; // "paint", "pan", "pinch" while pointers are down
        this.spaceHeld = false;
        this.enterHeld = false;
        this.keyboard = false;
        this.spot = { x: stage.mask.width / 2, y: stage.mask.height / 2 };
        this.last = null;
        this.keep = true;
        for (const name of ["down", "move", "up", "cancel", "leave"]) {
            this.canvas.addEventListener(`pointer${name}`, (event) => this[name](event));
        }
        this.canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
        this.canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    }

    down(event) {
        if (event.button === 2) {
            return;
        }
        event.preventDefault();
        this.canvas.focus({ preventScroll: true });
        this.canvas.setPointerCapture(event.pointerId);
        this.pointers.set(event.pointerId, event);
        if (this.pointers.size === 2) {
            this.stopStroke();
            this.mode = "pinch";
        } else if (this.spaceHeld || event.button === 1 || this.brush.mode === "pan") {
            this.mode = "pan";
        } else if (this.pointers.size === 1) {
            this.mode = "paint";
            const other = event.altKey || Boolean(event.buttons & PEN_ERASER);
            this.begin(this.stage.toPhoto(event), (this.brush.mode === "keep") !== other);
        }
        this.showCursor(event);
    }

    move(event) {
        this.showCursor(event);
        const before = this.pointers.get(event.pointerId);
        if (!before) {
            return;
        }
        if (this.mode === "paint") {
            const all = event.getCoalescedEvents?.() ?? [];
            for (const each of all.length ? all : [event]) {
                this.extend(this.stage.toPhoto(each));
            }
        } else if (this.mode === "pan") {
            this.stage.pan(event.clientX - before.clientX, event.clientY - before.clientY);
        } else if (this.mode === "pinch") {
            this.pinch(before, event);
        }
        this.pointers.set(event.pointerId, event);
    }

    pinch(before, event) {
        const [other] = [...this.pointers.values()].filter((each) => each.pointerId !== event.pointerId);
        if (!other) {
            return;
        }
        const apart = (each) => Math.hypot(each.clientX - other.clientX, each.clientY - other.clientY);
        this.stage.pan((event.clientX - before.clientX) / 2, (event.clientY - before.clientY) / 2);
        this.stage.zoom(apart(event) / Math.max(1, apart(before)), {
            clientX: (event.clientX + other.clientX) / 2,
            clientY: (event.clientY + other.clientY) / 2,
        });
    }

    up(event) {
        this.pointers.delete(event.pointerId);
        if (this.pointers.size === 0) {
            if (this.mode === "paint") {
                this.finish();
            }
            this.mode = "";
        }
    }

    cancel(event) {
        if (this.mode === "paint") {
            this.stopStroke();
        }
        this.up(event);
    }

    leave() {
        this.cursor.hidden = document.activeElement !== this.canvas || !this.keyboard;
    }

    wheel(event) {
        event.preventDefault();
        const delta = event.deltaMode === 1 ? event.deltaY * LINE : event.deltaY;
        this.stage.zoom(Math.exp(-Math.max(-240, Math.min(240, delta)) / 480), event);
        this.showCursor(event);
    }

    begin(spot, keep = this.brush.mode !== "remove") {
        this.history.begin();
        this.keep = keep;
        this.last = spot;
        this.extend(spot);
    }

    extend(spot) {
        const brush = {
            radius: this.brush.size / 2,
            softness: this.brush.softness,
            keep: this.keep,
        };
        const { mask } = this.stage;
        this.history.touch(mask.reach(this.last, spot, brush.radius));
        const area = mask.stroke(this.last, spot, brush);
        this.last = spot;
        if (area.right > area.left && area.bottom > area.top) {
            this.stage.changed(area);
        }
    }

    finish() {
        this.history.end();
        this.mode = "";
        this.onStroke();
    }

    stopStroke() {
        this.history.abandon().forEach((area) => this.stage.changed(area));
        this.mode = "";
    }

    /** Move the brush by keyboard, `dx` and `dy` in pixels of the screen; paint where it was told. */
    step(dx, dy, paint) {
        const { scale, ratio, mask } = this.stage;
        const from = this.spot;
        const clamp = (value, most) => Math.min(most, Math.max(0, value));
        this.spot = {
            x: clamp(from.x + (dx * ratio) / scale, mask.width),
            y: clamp(from.y + (dy * ratio) / scale, mask.height),
        };
        if (paint) {
            this.begin(from);
            this.extend(this.spot);
            this.finish();
        }
        this.keyboard = true;
        this.drawCursor(this.stage.toScreen(this.spot));
    }

    showCursor(event) {
        const box = this.canvas.getBoundingClientRect();
        this.keyboard = false;
        this.spot = this.stage.toPhoto(event);
        this.drawCursor({ x: event.clientX - box.left, y: event.clientY - box.top });
    }

    drawCursor(at) {
        const pans = this.mode === "pan" || this.spaceHeld || this.brush.mode === "pan";
        const size = Math.max(3, (this.brush.size * this.stage.scale) / this.stage.ratio);
        this.cursor.hidden = pans;
        this.canvas.classList.toggle("pi-pans", pans);
        this.cursor.style.width = this.cursor.style.height = `${size}px`;
        this.cursor.style.transform = `translate(${at.x - size / 2}px, ${at.y - size / 2}px)`;
    }

    refreshCursor() {
        this.drawCursor(this.stage.toScreen(this.spot));
    }
}
