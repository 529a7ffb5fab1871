// Undo and redo by the tiles that a stroke touched: small, also for large photos.

const LEAST_STEPS = 20;
const MOST_STEPS = 200;
const MOST_BYTES = 128 * 1024 * 1024;

const bytes = (step) => {
    let sum = 0;
    step.forEach((content) => { sum += typeof content === "number" ? 8 : content.length; });
    return sum;
};

export class History {
    constructor(mask) {
        this.mask = mask;
        this.past = [];
        this.future = [];
        this.open = null;
    }

    begin() {
        this.open = new Map();
    }

    /** Call before `area` is painted in the stroke that was begun. */
    touch(area) {
        for (const tile of this.mask.tilesIn(area)) {
            if (!this.open.has(tile)) {
                this.open.set(tile, this.mask.readTile(tile));
            }
        }
    }

    end() {
        if (this.open && this.open.size) {
            this.past.push(this.open);
            this.future = [];
            this.forgetOldest();
        }
        this.open = null;
    }

    /** Take an unfinished stroke back; returns the areas that changed. */
    abandon() {
        const changed = this.open ? this.swap(this.open) : [];
        this.open = null;
        return changed;
    }

    undo() {
        return this.move(this.past, this.future);
    }

    redo() {
        return this.move(this.future, this.past);
    }

    move(source, target) {
        if (this.open || !source.length) {
            return [];
        }
        const step = source.pop();
        const changed = this.swap(step);
        target.push(step);
        return changed;
    }

    /** Exchange what a step remembers and what the mask holds; doing it twice changes nothing. */
    swap(step) {
        return [...step].map(([tile, content]) => {
            step.set(tile, this.mask.readTile(tile));
            this.mask.writeTile(tile, content);
            return this.mask.tileArea(tile);
        });
    }

    forgetOldest() {
        let sum = this.past.reduce((total, step) => total + bytes(step), 0);
        while (this.past.length > MOST_STEPS || (sum > MOST_BYTES && this.past.length > LEAST_STEPS)) {
            sum -= bytes(this.past.shift());
        }
    }
}
