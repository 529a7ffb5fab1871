// Draws frame, ground line and rough product over the preview. Everything is in fractions of
// the picture, so that the stage may have any size on the screen.

export class Stage {
    constructor(root) {
        this.root = root;
        this.picture = root.querySelector("#placement-picture");
        this.layer = root.querySelector(".pi-place-layer");
        this.frame = root.querySelector(".pi-place-frame");
        this.ground = root.querySelector(".pi-place-ground");
        this.busy = root.querySelector(".pi-place-busy");
        this.last = null;
        this.layer.addEventListener("load", () => { this.layer.hidden = false; });
        new ResizeObserver(() => this.last && this.draw(this.last)).observe(root);
    }

    get width() {
        return this.root.clientWidth;
    }

    get height() {
        return this.root.clientHeight;
    }

    /** A pointer's place, in fractions of the picture. */
    at(event) {
        const box = this.root.getBoundingClientRect();
        return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
    }

    draw(pose) {
        this.last = pose;
        const width = pose.size[0] * this.width;
        const height = pose.size[1] * this.height;
        const left = pose.middle[0] * this.width - width / 2;
        const top = pose.middle[1] * this.height - height / 2;
        for (const part of [this.frame, this.layer]) {
            part.style.width = `${width}px`;
            part.style.height = `${height}px`;
            part.style.transform = `translate(${left}px, ${top}px) rotate(${pose.rotation}deg)`;
        }
        this.frame.classList.toggle("pi-high", top < 40 && top + height < this.height - 40);
        this.frame.hidden = false;
        this.ground.hidden = !pose.stands;
        this.ground.style.top = `${pose.ground * this.height}px`;
        const percent = Math.round(pose.ground * 100);
        this.ground.setAttribute("aria-valuenow", percent);
        this.ground.setAttribute("aria-valuetext", `${percent} %`);
    }

    /** The bare product; once, and after the first preview, so that the two don't wait in line. */
    load(address) {
        this.layer.src ||= address;
    }

    /** While the product moves, its bare cut-out stands in for the preview. */
    moving(isMoving) {
        this.root.classList.toggle("pi-moves", isMoving);
    }

    show(address) {
        const old = this.picture.src;
        this.picture.src = address;
        this.picture.hidden = false;
        return this.picture.decode().catch(() => {}).then(() => {
            if (old.startsWith("blob:")) {
                URL.revokeObjectURL(old);
            }
        });
    }
}
