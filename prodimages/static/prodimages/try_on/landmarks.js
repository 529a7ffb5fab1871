// Handles over a photo for the number fields beside it: dragged, or moved with the arrow keys.
//
// <div data-landmarks> holds an <img> or <canvas> in a [data-stage], and fields named "<landmark>-x" and
// "<landmark>-y" in percent of the photo. Without this script the fields do the same.

const STEP = 0.5;
const LARGE_STEP = 5;
const LEAST = -50;
const MOST = 250;

function clamp(value, least, most) {
    return Math.min(Math.max(value, least), most);
}

export class Landmarks {
    constructor(root) {
        this.root = root;
        this.stage = root.querySelector("[data-stage]");
        this.handles = new Map();
        for (const field of root.querySelectorAll("input[name$='-x']")) {
            this.#add(field.name.slice(0, -2), field.dataset.label);
        }
        root.addEventListener("input", () => this.draw());
        this.draw();
    }

    #field(name, axis) {
        return this.root.querySelector(`input[name='${name}-${axis}']`);
    }

    #add(name, label) {
        const handle = document.createElement("button");
        handle.type = "button";
        handle.className = "prodimages-handle";
        handle.dataset.name = name;
        handle.dataset.label = label;
        handle.addEventListener("pointerdown", (event) => this.#drag(event, name, handle));
        handle.addEventListener("keydown", (event) => this.#key(event, name));
        this.stage.append(handle);
        this.handles.set(name, handle);
    }

    get(name) {
        return ["x", "y"].map((axis) => Number(this.#field(name, axis).value) || 0);
    }

    set(name, x, y) {
        this.#field(name, "x").value = clamp(x, LEAST, MOST).toFixed(1);
        this.#field(name, "y").value = clamp(y, LEAST, MOST).toFixed(1);
        this.draw();
    }

    load(landmarks) {
        for (const [name, [x, y]] of Object.entries(landmarks)) {
            if (this.handles.has(name)) {
                this.set(name, x * 100, y * 100);
            }
        }
    }

    value() {
        const points = {};
        for (const name of this.handles.keys()) {
            points[name] = this.get(name).map((part) => Number((part / 100).toFixed(4)));
        }
        return points;
    }

    draw() {
        for (const [name, handle] of this.handles) {
            const [x, y] = this.get(name);
            // A joint beyond the photo's edge is held at it, so that it can be taken hold of.
            handle.style.left = `${clamp(x, 0, 100)}%`;
            handle.style.top = `${clamp(y, 0, 100)}%`;
            handle.dataset.outside = String(x < 0 || x > 100 || y < 0 || y > 100);
            handle.setAttribute(
                "aria-label",
                `${handle.dataset.label}: ${Math.round(x)} %, ${Math.round(y)} %`,
            );
        }
    }

    #drag(event, name, handle) {
        event.preventDefault();
        handle.focus();
        handle.setPointerCapture(event.pointerId);
        const move = (moved) => {
            const box = this.stage.getBoundingClientRect();
            this.set(
                name,
                clamp(((moved.clientX - box.left) / box.width) * 100, 0, 100),
                clamp(((moved.clientY - box.top) / box.height) * 100, 0, 100),
            );
        };
        const end = () => {
            handle.removeEventListener("pointermove", move);
        };
        handle.addEventListener("pointermove", move);
        handle.addEventListener("pointerup", end, { once: true });
        handle.addEventListener("pointercancel", end, { once: true });
    }

    #key(event, name) {
        const way = {
            ArrowLeft: [-1, 0],
            ArrowRight: [1, 0],
            ArrowUp: [0, -1],
            ArrowDown: [0, 1],
        }[event.key];
        if (!way) {
            return;
        }
        event.preventDefault();
        const step = event.shiftKey ? LARGE_STEP : STEP;
        const [x, y] = this.get(name);
        this.set(name, x + way[0] * step, y + way[1] * step);
    }
}

for (const root of document.querySelectorAll("[data-landmarks='now']")) {
    root.landmarks = new Landmarks(root);
}
