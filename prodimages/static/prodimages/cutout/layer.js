// The mask as a picture that can be composited: white, with the mask as its alpha.

const MOST_PIXELS = 16_000_000; // some browsers draw no larger canvas

export class MaskLayer {
    constructor(mask) {
        this.mask = mask;
        // Of a very large mask every second or third pixel is shown; all of them are saved.
        this.step = Math.ceil(Math.sqrt((mask.width * mask.height) / MOST_PIXELS));
        this.canvas = new OffscreenCanvas(
            Math.ceil(mask.width / this.step),
            Math.ceil(mask.height / this.step),
        );
        this.context = this.canvas.getContext("2d");
        const rows = 512;
        for (let top = 0; top < mask.height; top += rows) {
            const bottom = Math.min(mask.height, top + rows);
            this.update({ left: 0, top, right: mask.width, bottom });
        }
    }

    update(area) {
        const left = Math.floor(area.left / this.step);
        const top = Math.floor(area.top / this.step);
        const width = Math.ceil(area.right / this.step) - left;
        const height = Math.ceil(area.bottom / this.step) - top;
        if (width <= 0 || height <= 0) {
            return;
        }
        const image = new ImageData(width, height);
        const pixels = new Uint32Array(image.data.buffer);
        for (let y = 0; y < height; y += 1) {
            const row = (top + y) * this.step * this.mask.width;
            for (let x = 0; x < width; x += 1) {
                // Bytes are red, green, blue, alpha, on the little-endian machines of today.
                pixels[y * width + x] = (this.mask.data[row + (left + x) * this.step] << 24) | 0xffffff;
            }
        }
        this.context.putImageData(image, left, top);
    }
}
