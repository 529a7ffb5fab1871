// The product's alpha, one byte a pixel at the photo's full size, and the brush that changes it.

export const TILE = 128;

export class Mask {
    constructor(width, height) {
        this.width = width;
        this.height = height;
        this.data = new Uint8Array(width * height);
        this.columns = Math.ceil(width / TILE);
        this.locked = null; // one byte a pixel: not 0 where nothing can be marked
    }

    /** Take alpha from the lightness of a gray picture, which must have the mask's size. */
    load(bitmap) {
        const rows = Math.min(this.height, 256);
        const strip = new OffscreenCanvas(this.width, rows);
        const context = strip.getContext("2d", { willReadFrequently: true });
        for (let top = 0; top < this.height; top += rows) {
            const count = Math.min(rows, this.height - top);
            context.drawImage(bitmap, 0, top, this.width, count, 0, 0, this.width, count);
            const pixels = context.getImageData(0, 0, this.width, count).data;
            const begin = top * this.width;
            for (let i = 0; i < this.width * count; i += 1) {
                this.data[begin + i] = pixels[4 * i];
            }
        }
    }

    /**
     * Draw a round brush from one point to the next; returns the rectangle that may have changed.
     *
     * The distance to the whole segment counts, so that a slow stroke is no harder than a fast
     * one. `softness` (0..1) is the share of the radius over which the brush fades.
     */
    stroke(from, to, { radius, softness, keep }) {
        const area = this.reach(from, to, radius);
        const fade = Math.max(1, radius * softness);
        const dx = to.x - from.x;
        const dy = to.y - from.y;
        const length = dx * dx + dy * dy || 1;
        // Squared, so that only the fading ring needs a root.
        const outer = (radius + 0.5) ** 2;
        const solid = Math.max(0, radius + 0.5 - fade) ** 2;
        for (let y = area.top; y < area.bottom; y += 1) {
            const py = y + 0.5 - from.y;
            const row = y * this.width;
            for (let x = area.left; x < area.right; x += 1) {
                const px = x + 0.5 - from.x;
                const along = Math.min(1, Math.max(0, (px * dx + py * dy) / length));
                const apart = (px - along * dx) ** 2 + (py - along * dy) ** 2;
                if (apart >= outer || (keep && this.locked?.[row + x])) {
                    continue;
                }
                let paint = 255;
                if (apart > solid) {
                    const t = Math.min(1, (radius + 0.5 - Math.sqrt(apart)) / fade);
                    paint = Math.round(255 * (fade > 1 ? t * t * (3 - 2 * t) : t));
                }
                const old = this.data[row + x];
                this.data[row + x] = keep ? Math.max(old, paint) : Math.min(old, 255 - paint);
            }
        }
        return area;
    }

    /** What a stroke between two points can touch, inside the mask; right and bottom excluded. */
    reach(from, to, radius) {
        const edge = radius + 1;
        const within = (value, most) => Math.min(most, Math.max(0, value));
        return {
            left: within(Math.floor(Math.min(from.x, to.x) - edge), this.width),
            top: within(Math.floor(Math.min(from.y, to.y) - edge), this.height),
            right: within(Math.ceil(Math.max(from.x, to.x) + edge), this.width),
            bottom: within(Math.ceil(Math.max(from.y, to.y) + edge), this.height),
        };
    }

    tilesIn(area) {
        const tiles = [];
        for (let y = Math.floor(area.top / TILE); y * TILE < area.bottom; y += 1) {
            for (let x = Math.floor(area.left / TILE); x * TILE < area.right; x += 1) {
                tiles.push(y * this.columns + x);
            }
        }
        return tiles;
    }

    tileArea(tile) {
        const left = (tile % this.columns) * TILE;
        const top = Math.floor(tile / this.columns) * TILE;
        const right = Math.min(this.width, left + TILE);
        return { left, top, right, bottom: Math.min(this.height, top + TILE) };
    }

    /** A copy of a tile's bytes; a single number where they are all the same. */
    readTile(tile) {
        const { left, top, right, bottom } = this.tileArea(tile);
        const across = right - left;
        const copy = new Uint8Array(across * (bottom - top));
        for (let y = top; y < bottom; y += 1) {
            const begin = y * this.width + left;
            copy.set(this.data.subarray(begin, begin + across), (y - top) * across);
        }
        return copy.every((value) => value === copy[0]) ? copy[0] : copy;
    }

    writeTile(tile, content) {
        const { left, top, right, bottom } = this.tileArea(tile);
        const across = right - left;
        for (let y = top; y < bottom; y += 1) {
            const begin = y * this.width + left;
            if (typeof content === "number") {
                this.data.fill(content, begin, begin + across);
            } else {
                this.data.set(content.subarray((y - top) * across, (y - top + 1) * across), begin);
            }
        }
    }
}
