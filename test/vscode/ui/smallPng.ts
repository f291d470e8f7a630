import { crc32, deflateSync, inflateSync } from "node:zlib";

const signature = Buffer.from("89504e470d0a1a0a", "hex");
/** Colours nearer to each other than this, squared and summed over the channels, count as one. */
const alike = 18;

/** Makes a smaller PNG of an 8-bit RGB or RGBA one without interlacing, such as a browser's screenshot: at most 256 colours, no transparency. */
export function smallPng(png: Buffer): Buffer {
  const { width, height, channels, pixels } = decode(png);
  const counts = new Map<number, number>();
  const colours = new Uint32Array(width * height);
  for (let at = 0; at < colours.length; at += 1) {
    const colour = pixels.readUIntBE(at * channels, 3);
    colours[at] = colour;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = choose(counts);
  const index = new Map(
    [...counts.keys()].map((colour) => [colour, nearest(palette, colour)]),
  );
  const rows = Buffer.alloc((width + 1) * height);
  colours.forEach((colour, at) => {
    const line = Math.floor(at / width);
    rows[at + line + 1] = index.get(colour) ?? 0;
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const entries = Buffer.alloc(palette.length * 3);
  palette.forEach((colour, at) => entries.writeUIntBE(colour, at * 3, 3));
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("PLTE", entries),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The most frequent colours, leaving out those that look like one already chosen. */
function choose(counts: ReadonlyMap<number, number>): readonly number[] {
  const chosen: number[] = [];
  for (const [colour] of [...counts].sort(([, a], [, b]) => b - a)) {
    if (chosen.length === 256) break;
    if (!chosen.some((other) => distance(colour, other) < alike))
      chosen.push(colour);
  }
  return chosen;
}

function nearest(palette: readonly number[], colour: number): number {
  let best = 0;
  palette.forEach((other, at) => {
    if (distance(colour, other) < distance(colour, palette[best] ?? 0))
      best = at;
  });
  return best;
}

function distance(a: number, b: number): number {
  const channel = (shift: number): number =>
    (((a >> shift) & 255) - ((b >> shift) & 255)) ** 2;
  return channel(16) + channel(8) + channel(0);
}

interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: Buffer;
}

function decode(png: Buffer): Decoded {
  const data: Buffer[] = [];
  let header = Buffer.alloc(13);
  for (let at = signature.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") header = Buffer.from(body);
    if (type === "IDAT") data.push(body);
    at += length + 12;
  }
  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  const channels = header[9] === 6 ? 4 : 3;
  if (header[8] !== 8 || (header[9] !== 2 && header[9] !== 6) || header[12])
    throw new Error("Only 8-bit RGB or RGBA without interlacing is read.");
  const raw = inflateSync(Buffer.concat(data));
  return {
    width,
    height,
    channels,
    pixels: unfilter(raw, width * channels, channels),
  };
}

/** Undoes the filters of each line: https://www.w3.org/TR/png-3/#9Filters */
function unfilter(raw: Buffer, stride: number, channels: number): Buffer {
  const pixels = Buffer.alloc((raw.length / (stride + 1)) * stride);
  for (let at = 0; at < pixels.length; at += 1) {
    const line = Math.floor(at / stride);
    const inLine = at % stride;
    const left = inLine < channels ? 0 : (pixels[at - channels] ?? 0);
    const up = line === 0 ? 0 : (pixels[at - stride] ?? 0);
    const upLeft =
      line === 0 || inLine < channels
        ? 0
        : (pixels[at - stride - channels] ?? 0);
    const filter = raw[line * (stride + 1)];
    const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, upLeft)];
    pixels[at] = (raw[at + line + 1] ?? 0) + (predicted[filter ?? 0] ?? 0);
  }
  return pixels;
}

function paeth(left: number, up: number, upLeft: number): number {
  const guess = left + up - upLeft;
  const [a, b, c] = [left, up, upLeft].map((value) => Math.abs(guess - value));
  if (a === undefined || b === undefined || c === undefined) return 0;
  return a <= b && a <= c ? left : b <= c ? up : upLeft;
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), body]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
