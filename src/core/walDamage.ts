/** SQLite's write-ahead log (https://sqlite.org/fileformat2.html#walformat): a header of 32 bytes, then frames of 24 bytes and a page. */
const HEADER = 32;
const FRAME_HEADER = 24;
const MAGIC = 0x377f0682;

/**
 * Whether frames of a WAL that is synced with every commit are damaged, and SQLite would take them for the end a crash left. A crash
 * leaves at most two transactions that were not synced (one that needs no sync, and the next); a third of this generation behind a frame
 * that does not check out shows that the frame was whole once. Damage within the last three transactions, and a cut, look like a crash: false.
 */
export function isWalDamaged(wal: Uint8Array): boolean {
  if (wal.length < HEADER + FRAME_HEADER) return false;
  const view = new DataView(wal.buffer, wal.byteOffset, wal.byteLength);
  const magic = view.getUint32(0);
  const isLittle = magic === MAGIC;
  const pageBytes = view.getUint32(8);
  // The header is synced before the first frame is written.
  if ((magic | 1) !== (MAGIC | 1) || pageBytes < 512 || pageBytes > 65_536)
    return true;
  let [s0, s1] = [0, 0];
  const sum = (from: number, to: number): void => {
    for (let at = from; at < to; at += 8) {
      s0 = (s0 + view.getUint32(at, isLittle) + s1) | 0;
      s1 = (s1 + view.getUint32(at + 4, isLittle) + s0) | 0;
    }
  };
  const matches = (at: number): boolean =>
    view.getUint32(at) === s0 >>> 0 && view.getUint32(at + 4) === s1 >>> 0;
  sum(0, 24);
  if (!matches(24)) return true;
  const frame = FRAME_HEADER + pageBytes;
  let isWhole = true;
  let commits = 0;
  for (let at = HEADER; at + frame <= wal.length; at += frame) {
    const isOurs =
      view.getUint32(at + 8) === view.getUint32(16) &&
      view.getUint32(at + 12) === view.getUint32(20);
    if (isWhole) {
      sum(at, at + 8);
      sum(at + FRAME_HEADER, at + frame);
      isWhole = isOurs && matches(at + 16);
    }
    // The frame that broke counts as well: its own mark may be what was damaged.
    if (isWhole || !isOurs) continue;
    if (commits > 1) return true;
    if (view.getUint32(at + 4) !== 0) commits += 1;
  }
  return false;
}
