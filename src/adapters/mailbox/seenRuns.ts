/** Keys on disk, in runs that never change: level 0 holds 32,768, each level eight times as many as the one below; eight of a level become one of the next. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { asBuffer } from "./bytes.ts";
import { emptyPart, mayHold, partOf, remember } from "./filter.ts";
import { PRINT_BYTES, printOf, quickHash, writePrint } from "./keyHash.ts";
import { metaOf, setMeta } from "./tables.ts";

/** Keys of a run of level 0. */
export const RUN_KEYS = 32_768;
const FAN_IN = 8;
const BASE_BITS = 8;
const PART_CHUNKS = 256;
const ENTRY_BYTES = PRINT_BYTES + 6;
const KEYS_PER_STEP = 2048;
const CHUNKS_PER_STEP = 64;
const SOURCES_PER_STEP = 8;

interface Run {
  readonly run: number;
  readonly level: number;
  readonly parts: readonly Uint8Array[];
}

/** Work in pieces of some milliseconds; what it returns is done once the last piece is committed. */
export type Job = Generator<undefined, () => void>;

/** The runs of one store. Jobs write: each of their pieces belongs in a transaction of its own. */
export class SeenRuns {
  readonly #db: DatabaseSync;
  readonly #secrets: readonly [number, number];
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  #runs: readonly Run[];
  #dead: readonly number[];
  /** Rows of the journal up to this one have their keys here. */
  #upTo: number;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#secrets = [metaOf(db, "secret1"), metaOf(db, "secret2")];
    this.#upTo = metaOf(db, "seenUpTo");
    this.#select = db.prepare(
      "SELECT keys FROM seen WHERE run = ? AND chunk = ?",
    );
    this.#insert = db.prepare(
      "INSERT INTO seen (run, chunk, keys) VALUES (?, ?, ?)",
    );
    const rows = db
      .prepare("SELECT run, level, state FROM seen_runs ORDER BY run")
      .all();
    const parts = db.prepare(
      "SELECT bits FROM seen_filters WHERE run = ? ORDER BY part",
    );
    const isLive = (row: (typeof rows)[number]): boolean =>
      row["state"] === "live";
    this.#runs = rows.filter(isLive).map((row) => ({
      run: Number(row["run"]),
      level: Number(row["level"]),
      parts: parts
        .all(Number(row["run"]))
        .map(({ bits }) => bits as Uint8Array),
    }));
    this.#dead = rows
      .filter((row) => !isLive(row))
      .map((row) => Number(row["run"]));
  }

  get upTo(): number {
    return this.#upTo;
  }

  /** The place kept under a key. */
  find(key: string): number | undefined {
    if (this.#runs.length === 0) return undefined;
    const quick = quickHash(key, this.#secrets);
    let print: Buffer | undefined;
    for (const { run, level, parts } of this.#runs) {
      const part = parts[partOf(level, quick.a)];
      if (part !== undefined && !mayHold(part, quick.a, quick.b)) continue;
      print ??= printOf(key, quick);
      const seq = findIn(this.#chunk(run, chunkOf(level, quick.a)), print);
      if (seq !== undefined) return seq;
    }
    return undefined;
  }

  /** What is due besides new keys: merging, or taking away what was merged. */
  due(): Job | undefined {
    if (this.#dead[0] !== undefined) return this.#sweep(this.#dead[0]);
    for (const { level } of this.#runs) {
      const same = this.#runs.filter((run) => run.level === level);
      if (same.length >= FAN_IN) return this.#merge(same.slice(0, FAN_IN));
    }
    return undefined;
  }

  /** A run that was begun and is not to be finished. */
  abandon(): void {
    const known = new Set(this.#runs.map(({ run }) => run));
    this.#dead = this.#db
      .prepare("SELECT run FROM seen_runs")
      .all()
      .map((row) => Number(row["run"]))
      .filter((run) => !known.has(run));
  }

  /** Makes a run of these keys and their places, those of the journal up to row `upTo`. */
  *write(keys: ReadonlyMap<string, number>, upTo: number): Job {
    const run = this.#begin(0);
    const part = emptyPart();
    const entries = Buffer.allocUnsafe(keys.size * ENTRY_BYTES);
    const chunks = new Uint8Array(keys.size);
    let count = 0;
    for (const [key, seq] of keys) {
      const quick = quickHash(key, this.#secrets);
      remember(part, quick.a, quick.b);
      const at = count * ENTRY_BYTES;
      writePrint(entries, at, key, quick);
      entries.writeUIntBE(seq, at + PRINT_BYTES, 6);
      chunks[count] = chunkOf(0, quick.a);
      if ((count += 1) % KEYS_PER_STEP === 0) yield;
    }
    const sorted = sortByChunk(entries, chunks);
    for (const [chunk, bytes] of sorted.entries()) {
      if (bytes.length > 0) this.#insert.run(run, chunk, bytes);
      if ((chunk + 1) % CHUNKS_PER_STEP === 0) yield;
    }
    this.#keepFilter(run, 0, part);
    this.#finish(run);
    setMeta(this.#db, "seenUpTo", upTo);
    return () => {
      this.#upTo = upTo;
      this.#runs = [...this.#runs, { run, level: 0, parts: [part] }];
    };
  }

  *#merge(sources: readonly Run[]): Job {
    const level = (sources[0]?.level ?? 0) + 1;
    const run = this.#begin(level);
    const parts: Uint8Array[] = [];
    const targetsPerPart = PART_CHUNKS / FAN_IN;
    for (
      let source = 0;
      source < PART_CHUNKS * FAN_IN ** (level - 1);
      source += 1
    ) {
      const part = (parts[Math.floor(source / targetsPerPart)] ??= emptyPart());
      const chunks = new Map<number, Buffer[]>();
      for (const from of sources)
        for (const entry of entriesOf(this.#chunk(from.run, source))) {
          const a = entry.readUInt32BE(0);
          remember(part, a, entry.readUInt32BE(4));
          append(chunks, chunkOf(level, a), entry);
        }
      for (const [chunk, entries] of chunks)
        this.#insert.run(run, chunk, Buffer.concat(entries));
      if ((source + 1) % targetsPerPart === 0)
        this.#keepFilter(run, parts.length - 1, part);
      if ((source + 1) % SOURCES_PER_STEP === 0) yield;
    }
    this.#finish(run);
    const state = this.#db.prepare(
      "UPDATE seen_runs SET state = 'dead' WHERE run = ?",
    );
    for (const from of sources) state.run(from.run);
    return () => {
      this.#runs = [
        { run, level, parts },
        ...this.#runs.filter((known) => !sources.includes(known)),
      ];
      this.#dead = [...this.#dead, ...sources.map((from) => from.run)];
    };
  }

  *#sweep(run: number): Job {
    const last = Number(
      this.#db
        .prepare("SELECT MAX(chunk) AS last FROM seen WHERE run = ?")
        .get(run)?.["last"] ?? -1,
    );
    const remove = this.#db.prepare(
      "DELETE FROM seen WHERE run = ? AND chunk < ?",
    );
    for (let below = PART_CHUNKS; below <= last; below += PART_CHUNKS) {
      remove.run(run, below);
      yield;
    }
    remove.run(run, last + 1);
    this.#db.prepare("DELETE FROM seen_filters WHERE run = ?").run(run);
    this.#db.prepare("DELETE FROM seen_runs WHERE run = ?").run(run);
    return () => {
      this.#dead = this.#dead.filter((dead) => dead !== run);
    };
  }

  #begin(level: number): number {
    const { lastInsertRowid } = this.#db
      .prepare("INSERT INTO seen_runs (level, state) VALUES (?, 'building')")
      .run(level);
    return Number(lastInsertRowid);
  }

  #finish(run: number): void {
    this.#db
      .prepare("UPDATE seen_runs SET state = 'live' WHERE run = ?")
      .run(run);
  }

  #keepFilter(run: number, part: number, bits: Uint8Array): void {
    this.#db
      .prepare("INSERT INTO seen_filters (run, part, bits) VALUES (?, ?, ?)")
      .run(run, part, bits);
  }

  #chunk(run: number, chunk: number): Buffer {
    const keys = this.#select.get(run, chunk)?.["keys"];
    return keys instanceof Uint8Array ? asBuffer(keys) : Buffer.alloc(0);
  }
}

function chunkOf(level: number, a: number): number {
  return a >>> (32 - BASE_BITS - 3 * level);
}

function append(
  chunks: Map<number, Buffer[]>,
  chunk: number,
  entry: Buffer,
): void {
  const entries = chunks.get(chunk);
  if (entries === undefined) chunks.set(chunk, [entry]);
  else entries.push(entry);
}

/** The entries of each of the 256 chunks, in the order they came. */
function sortByChunk(entries: Buffer, chunks: Uint8Array): readonly Buffer[] {
  const sizes = new Uint32Array(PART_CHUNKS);
  for (const chunk of chunks) sizes[chunk] = (sizes[chunk] ?? 0) + ENTRY_BYTES;
  const sorted = Array.from(sizes, (size) => Buffer.allocUnsafe(size));
  const ends = new Uint32Array(PART_CHUNKS);
  for (const [n, chunk] of chunks.entries()) {
    const end = ends[chunk] ?? 0;
    const at = n * ENTRY_BYTES;
    const target = sorted[chunk];
    if (target !== undefined) entries.copy(target, end, at, at + ENTRY_BYTES);
    ends[chunk] = end + ENTRY_BYTES;
  }
  return sorted;
}

function* entriesOf(chunk: Buffer): Iterable<Buffer> {
  for (let at = 0; at < chunk.length; at += ENTRY_BYTES)
    yield chunk.subarray(at, at + ENTRY_BYTES);
}

function findIn(chunk: Buffer, print: Buffer): number | undefined {
  for (
    let at = chunk.indexOf(print);
    at >= 0;
    at = chunk.indexOf(print, at + 1)
  )
    if (at % ENTRY_BYTES === 0) return chunk.readUIntBE(at + PRINT_BYTES, 6);
  return undefined;
}
