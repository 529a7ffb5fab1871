// The placement page: what is dragged goes into the number fields, and those into a preview.

import { Fields } from "./placement/fields.js";
import { Previews } from "./placement/preview.js";
import { Stage } from "./placement/stage.js";

const root = document.getElementById("placement-stage");
const form = document.getElementById("placement-form");
const status = document.getElementById("placement-status");
const words = root.dataset;
const stage = new Stage(root);
const fields = new Fields(form, JSON.parse(words.bounds));
let pose = null; // what is drawn now
let drag = null;

function say(texts, kind = "pi-warn") {
    status.replaceChildren(...texts.map((text) => {
        const note = document.createElement("p");
        note.className = `pi-note ${kind}`;
        note.textContent = text;
        return note;
    }));
}

const previews = new Previews(words.preview, () => fields.query(), {
    busy(isBusy) {
        stage.busy.hidden = !isBusy;
    },
    done(blob, geometry, isStale) {
        if (drag || isStale) {
            return; // a newer one is on its way
        }
        if (geometry.was_moved) {
            fields.set("x", geometry.offset[0]);
            fields.set("y", geometry.offset[1]);
        }
        pose = geometry;
        stage.draw(pose);
        stage.load(`${words.layer}?style=${encodeURIComponent(form.elements.style.value)}`);
        root.style.aspectRatio = geometry.canvas.join(" / ");
        document.getElementById("row-ground").hidden = !geometry.stands;
        say(geometry.notices);
        stage.show(URL.createObjectURL(blob)).then(() => {
            if (!drag) {
                stage.moving(false);
            }
            root.dataset.ready = "true";
        });
    },
    refused(problems) {
        say(Object.entries(problems).flatMap(([name, texts]) => {
            const label = form.querySelector(`label[for="id_${name}"]`)?.textContent;
            return texts.map((text) => (label ? `${label}: ${text}` : text));
        }), "pi-bad");
    },
    waits() {
        say([words.busy]);
    },
    failed() {
        say([words.failed], "pi-bad");
    },
});

/** Draw at once what the fields have changed to since `from`, and ask for the real thing. */
function change(from, after) {
    const values = { ...from.values, ...after };
    for (const [name, value] of Object.entries(after)) {
        values[name] = fields.set(name, value);
    }
    const factor = values.scale / from.values.scale;
    const size = from.pose.size.map((side) => side * factor);
    const ground = values.ground ?? from.pose.ground;
    // What stands keeps its feet where they are when its size changes.
    const rises = from.pose.stands ? (from.pose.size[1] - size[1]) / 2 : 0;
    pose = {
        ...from.pose,
        size,
        rotation: values.rotation,
        ground,
        middle: [
            from.pose.middle[0] + values.x - from.values.x,
            from.pose.middle[1] + values.y - from.values.y + ground - from.pose.ground + rises,
        ],
    };
    stage.draw(pose);
    stage.moving(Boolean(stage.layer.naturalWidth));
    delete root.dataset.ready;
    previews.ask();
}

function now() {
    const values = Object.fromEntries(
        ["x", "y", "scale", "rotation"].map((name) => [name, fields.get(name)]),
    );
    return { pose, values };
}

const distance = (point, middle) => Math.hypot(
    (point.x - middle[0]) * stage.width, (point.y - middle[1]) * stage.height,
);
const angle = (point, middle) => (Math.atan2(
    (point.y - middle[1]) * stage.height, (point.x - middle[0]) * stage.width,
) * 180) / Math.PI;

const moves = {
    product: ({ from, start }, point) => ({
        x: from.values.x + point.x - start.x,
        y: from.values.y + point.y - start.y,
    }),
    corner: ({ from, start }, point) => ({
        scale: from.values.scale * distance(point, from.pose.middle)
            / Math.max(1, distance(start, from.pose.middle)),
    }),
    turn: ({ from, start }, point) => {
        const by = angle(point, from.pose.middle) - angle(start, from.pose.middle);
        return { rotation: from.values.rotation + ((by + 540) % 360) - 180 };
    },
    ground: ({ from, start }, point) => ({ ground: from.pose.ground + point.y - start.y }),
};

function begin(event, kind) {
    if (!pose || event.button > 0) {
        return;
    }
    drag = { kind, from: now(), start: stage.at(event), target: event.currentTarget };
    drag.target.setPointerCapture(event.pointerId);
    drag.target.focus({ preventScroll: true });
    event.preventDefault();
}

stage.frame.addEventListener("pointerdown", (event) => {
    const handle = event.target.dataset.handle;
    begin(event, handle ? (handle === "turn" ? "turn" : "corner") : "product");
});
stage.ground.addEventListener("pointerdown", (event) => begin(event, "ground"));
for (const part of [stage.frame, stage.ground]) {
    part.addEventListener("pointermove", (event) => {
        if (drag) {
            change(drag.from, moves[drag.kind](drag, stage.at(event)));
        }
    });
    for (const end of ["pointerup", "pointercancel"]) {
        part.addEventListener(end, () => {
            if (drag) {
                drag = null;
                previews.ask();
            }
        });
    }
}
stage.frame.addEventListener("wheel", (event) => {
    event.preventDefault();
    change(now(), { scale: fields.get("scale") * 1.03 ** -Math.sign(event.deltaY) });
}, { passive: false });

const ARROWS = { ArrowLeft: ["x", -1], ArrowRight: ["x", 1], ArrowUp: ["y", -1], ArrowDown: ["y", 1] };
function byKey(event) {
    const large = event.shiftKey;
    if (event.currentTarget === stage.ground) {
        const [name, sign] = ARROWS[event.key] ?? [];
        return name === "y" ? { ground: pose.ground + sign * (large ? 0.05 : 0.005) } : null;
    }
    if (ARROWS[event.key]) {
        const [name, sign] = ARROWS[event.key];
        return { [name]: fields.get(name) + sign * (large ? 0.05 : 0.005) };
    }
    switch (event.key) {
        case "+":
        case "=":
            return { scale: fields.get("scale") * (large && event.key !== "+" ? 1.1 : 1.02) };
        case "-":
        case "_":
            return { scale: fields.get("scale") / (large ? 1.1 : 1.02) };
        case "[":
        case "{":
            return { rotation: fields.get("rotation") - (large ? 5 : 0.5) };
        case "]":
        case "}":
            return { rotation: fields.get("rotation") + (large ? 5 : 0.5) };
        default:
            return null;
    }
}
for (const part of [stage.frame, stage.ground]) {
    part.addEventListener("keydown", (event) => {
        if (!pose || event.ctrlKey || event.metaKey || event.altKey) {
            return;
        }
        const after = byKey(event);
        if (after) {
            event.preventDefault();
            change(now(), after);
        }
    });
}

form.addEventListener("input", () => {
    delete root.dataset.ready;
    previews.ask();
});
form.addEventListener("submit", (event) => {
    if (event.submitter?.name === "_preview") {
        event.preventDefault();
        previews.ask(0);
    }
});
document.getElementById("placement-reset").addEventListener("click", (event) => {
    event.preventDefault();
    fields.clear();
    delete root.dataset.ready;
    previews.ask(0);
});

document.querySelector(".pi-place-keys").hidden = false;
previews.ask(0);
