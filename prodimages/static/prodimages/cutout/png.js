// An 8-bit gray PNG, which canvas.toBlob can't write: it knows RGBA only.
// Format: W3C Portable Network Graphics (PNG) Specification, third edition.

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_unused, n) => {
    let value = n;
    for (let bit = 0; bit < 8; bit += 1) {
        value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    }
    return value;
});

function crc(content) {
    let value = 0xffffffff;
    for (const byte of content) {
        value = CRC_TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
    }
    return (value ^ 0xffffffff) >>> 0;
}

function chunk(type, content) {
    const whole = new Uint8Array(content.length + 12);
    const view = new DataView(whole.buffer);
    view.setUint32(0, content.length);
    whole.set(new TextEncoder().encode(type), 4);
    whole.set(content, 8);
    view.setUint32(content.length + 8, crc(whole.subarray(4, content.length + 8)));
    return whole;
}

function header(width, height) {
    const content = new Uint8Array(13);
    const view = new DataView(content.buffer);
    view.setUint32(0, width);
    view.setUint32(4, height);
    content[8] = 8; // bits a sample; color type 0 (gray), deflate, no interlacing follow
    return chunk("IHDR", content);
}

/** One byte a pixel, row by row, as a PNG blob. Works in the background of the page. */
export async function encodeGray({ data, width, height }) {
    const rows = new Uint8Array((width + 1) * height); // each row begins with its filter: 0, none
    for (let y = 0; y < height; y += 1) {
        rows.set(data.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
    }
    const packed = new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"));
    const content = new Uint8Array(await new Response(packed).arrayBuffer());
    const parts = [SIGNATURE, header(width, height), chunk("IDAT", content)];
    return new Blob([...parts, chunk("IEND", new Uint8Array())], { type: "image/png" });
}
