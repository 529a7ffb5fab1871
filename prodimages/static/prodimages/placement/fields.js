// The form's number fields are the one place where a placement is kept.

const PERCENT = new Set(["x", "y", "scale", "ground"]);
const NAMES = ["x", "y", "scale", "rotation", "ground"];
const USUAL = { x: 0, y: 0, scale: 1, rotation: 0 };

export class Fields {
    constructor(form, bounds) {
        this.form = form;
        this.bounds = bounds;
    }

    /** The value as a fraction or in degrees; null when the field is empty. */
    given(name) {
        const text = this.form.elements[name].value;
        const value = Number(text);
        return text === "" || !Number.isFinite(value) ? null : value / (PERCENT.has(name) ? 100 : 1);
    }

    get(name) {
        return this.given(name) ?? USUAL[name];
    }

    /** Keeps within the bounds; what is as usual leaves its field empty. Returns what was set. */
    set(name, value) {
        const [least, most] = this.bounds[name];
        const kept = Math.min(most, Math.max(least, value));
        const shown = Math.round(kept * (PERCENT.has(name) ? 1000 : 10)) / 10;
        const usual = name in USUAL && shown === USUAL[name] * (PERCENT.has(name) ? 100 : 1);
        this.form.elements[name].value = usual ? "" : String(shown);
        return kept;
    }

    clear() {
        NAMES.forEach((name) => { this.form.elements[name].value = ""; });
        this.form.elements.light.value = "";
    }

    query() {
        const query = new URLSearchParams();
        for (const name of ["style", ...NAMES, "light", "seed"]) {
            const value = this.form.elements[name].value;
            if (value !== "") {
                query.set(name, value);
            }
        }
        return query;
    }
}
