import type { BigIntStats } from "node:fs";
import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import type { RoundtableError } from "../../core/errors.ts";
import { isProblem } from "../../core/errors.ts";
import type { Clock } from "../../ports.ts";
import type { Batch, Coming, Moving, Stored, Told } from "./batch.ts";
import { Encoder, isNothing, nothingTold, retell } from "./batch.ts";
import type { Bodies } from "./bodies.ts";
import type { Commit } from "./commit.ts";
import { createCommit } from "./commit.ts";
import type { Box, Holdings, Segment } from "./holdings.ts";
import type { Recovered } from "./recover.ts";
import type { Seen } from "./seen.ts";
import { Pacer } from "./pacer.ts";
import { Pending } from "./pending.ts";
import { outlived, stragglers } from "./sparse.ts";
import { ended, translate } from "./trouble.ts";

// Some 3 ms of work: the event loop of an editor must not stand still for longer than 10.
const LETTERS_PER_COMMIT = 512;
const BYTES_PER_COMMIT = 1024 * 1024;
const SEGMENTS_PER_COMMIT = 32;
/** How long what was settled may wait for a letter to share a commit with, ms. */
const LAZY_MS = 20;
/** Until what could not be written is tried again, ms. */
const RETRY_MS = 1000;

/** What a commit is about to change, and what has to be known when it did. */
interface Plan extends Batch {
  readonly commit: Commit;
  readonly rows: readonly Segment[];
}

/** The way to the disk: letters of one turn of the event loop, and of the time the commit before took, share a commit and so an fsync. */
export class Writer {
  readonly #file: string;
  readonly #identity: BigIntStats;
  readonly #holdings: Holdings;
  readonly #seen: Seen;
  readonly #bodies: Bodies;
  readonly #onProblem: (problem: RoundtableError) => void;
  readonly #write: (commit: Commit) => void;
  readonly #encoder = new Encoder();
  readonly #pending = new Pending();
  readonly #pacer: Pacer;
  #queue: Coming[] = [];
  #told: Told = nothingTold();
  #newBoxes: Box[] = [];
  #row: number;
  #lastSeq: number;
  #failing = false;
  #commits = 0;
  #ended: RoundtableError | undefined;

  constructor(parts: {
    readonly db: DatabaseSync;
    readonly file: string;
    readonly clock: Clock;
    readonly seen: Seen;
    readonly bodies: Bodies;
    readonly recovered: Recovered;
    readonly onProblem: (problem: RoundtableError) => void;
  }) {
    this.#file = parts.file;
    this.#identity = statSync(parts.file, { bigint: true });
    this.#holdings = parts.recovered.holdings;
    this.#seen = parts.seen;
    this.#bodies = parts.bodies;
    this.#onProblem = parts.onProblem;
    this.#write = createCommit(parts.db);
    this.#row = parts.recovered.lastRow;
    this.#lastSeq = parts.recovered.lastSeq;
    this.#pacer = new Pacer({
      clock: parts.clock,
      flush: () => this.#flush(),
      waiting: () => this.#queue.length,
      enough: LETTERS_PER_COMMIT,
    });
    this.#tidyLater();
  }

  /** Why nothing is taken any more. */
  get ended(): RoundtableError | undefined {
    return this.#ended;
  }
  get commits(): number {
    return this.#commits;
  }

  nextSeq(): number {
    return (this.#lastSeq += 1);
  }

  /** A mailbox nobody used before; its name is on disk with the next commit. */
  addBox(box: Box): void {
    this.#holdings.addBox(box);
    this.#newBoxes.push(box);
  }

  /** The place of a letter that is on its way to the disk. */
  pending(key: string): number | undefined {
    return this.#pending.get(key);
  }

  /** Resolves once the letter is on disk. */
  store(letter: Omit<Coming, "resolve" | "reject">): Promise<Stored> {
    // One object for each letter, made where it is made: this is where a hub under load spends its time.
    const coming = letter as Coming;
    return new Promise((resolve, reject) => {
      coming.resolve = resolve;
      coming.reject = reject;
      this.#queue.push(coming);
      this.#pending.add(coming);
      this.#pacer.soon();
    });
  }

  /** Resolves when the letter with that place, which is on its way, is on disk. */
  join(seq: number): Promise<Stored> {
    return this.#pending.join(seq);
  }

  /** These are settled: the next commit says so. */
  settled(box: Box, seq: number): void {
    const seqs = this.#told.settled.get(box);
    if (seqs === undefined) this.#told.settled.set(box, [seq]);
    else seqs.push(seq);
    this.#pacer.later(LAZY_MS);
  }

  /** Takes in what else the next commit says. */
  tell(say: (told: Told) => void): void {
    say(this.#told);
    this.#pacer.later(LAZY_MS);
  }

  /** Runs within the next commit; resolves once that is on disk. */
  act(run: () => void): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#told.acts.push({ run, resolve, reject });
      this.#pacer.soon();
    });
  }

  /** Writes what is left and ends. */
  close(): void {
    while (this.#ended === undefined && this.#flush());
    this.#pacer.stop();
    this.#ended = ended("mailbox-closed", this.#file, "they are closed");
    for (const one of this.#queue.splice(0))
      this.#pending.reject(one, this.#ended);
  }

  /** Returns whether anything was written. */
  #flush(): boolean {
    if (this.#ended !== undefined) return false;
    const coming = this.#takeDue();
    const told = this.#told;
    const boxes = this.#newBoxes;
    if (coming.length === 0 && isNothing(told)) return false;
    this.#told = nothingTold();
    this.#newBoxes = [];
    const emptied = this.#holdings.takeEmptied(SEGMENTS_PER_COMMIT);
    try {
      this.#refuseReplaced();
      const plan = this.#plan(coming, told, boxes, emptied);
      this.#write(plan.commit);
      this.#done(plan);
    } catch (error) {
      this.#newBoxes = [...boxes, ...this.#newBoxes];
      this.#holdings.putBackEmptied(emptied);
      this.#undo(coming, told, translate(error, this.#file));
      return false;
    }
    this.#tidy();
    return true;
  }

  #plan(
    coming: readonly Coming[],
    told: Told,
    newBoxes: readonly Box[],
    emptied: readonly Segment[],
  ): Plan {
    const moving = this.#moving();
    const n = this.#row + 1;
    const batch = { coming, moving, told };
    const { entries, bodies } = this.#encoder.encode(this.#lastSeq, batch);
    const rows = outlived(this.#holdings, this.#seen.upTo, this.#row);
    return {
      ...batch,
      rows,
      commit: {
        ...{ n, entries, bodies, newBoxes, emptied },
        burials: told.burials,
        risen: coming.flatMap(({ risen }) => risen ?? []),
        acts: told.acts.map(({ run }) => run),
        forget: rows.at(-1)?.n ?? 0,
      },
    };
  }

  /** Letters to be written anew, with their bytes; those of a damaged page stay where they are. */
  #moving(): readonly Moving[] {
    return stragglers(this.#holdings, this.#seen.upTo).flatMap((held) => {
      try {
        return { held, bytes: this.#bodies.bytesOf(held) };
      } catch (error) {
        if (!isProblem(error, "mailbox-corrupt")) throw error;
        return [];
      }
    });
  }

  #done({ commit, coming, moving, rows, told }: Plan): void {
    const { n, entries, bodies, emptied } = commit;
    this.#commits += 1;
    this.#failing = false;
    this.#holdings.bodiesGone(emptied);
    for (const row of rows) this.#holdings.dropSegment(row);
    if (entries !== undefined) {
      this.#row = n;
      const segment: Segment = {
        ...{ n, entryBytes: entries.length, live: 0 },
        ...{ bodyBytes: bodies?.length ?? 0, hasBodies: bodies !== undefined },
        bodies: undefined,
        letters:
          bodies === undefined ? undefined : coming.map(({ letter }) => letter),
      };
      this.#holdings.addSegment(segment);
      this.#hold(segment, coming, moving);
      if (bodies !== undefined) this.#bodies.keep(segment);
    }
    for (const one of coming) {
      this.#pending.remove(one);
      if (one.key !== undefined) this.#seen.add(one.key, one.seq);
    }
    // Only now may anybody act on it: everything above is as if it had always been so.
    for (const one of coming) this.#pending.resolve(one);
    for (const { resolve } of told.acts) resolve();
  }

  #hold(
    segment: Segment,
    coming: readonly Coming[],
    moving: readonly Moving[],
  ): void {
    let at = 0;
    let slot = 0;
    for (const one of coming) {
      if (one.boxes.length > 0)
        this.#holdings.hold(one, one.boxes, segment, at, slot);
      at += one.headerBytes + one.payloadBytes;
      slot += 1;
    }
    for (const { held, bytes } of moving) {
      this.#holdings.hold(held, held.boxes, segment, at, slot);
      at += bytes.length;
      slot += 1;
    }
  }

  #undo(coming: readonly Coming[], told: Told, problem: RoundtableError): void {
    if (isProblem(problem, "mailbox-fenced")) this.#ended = problem;
    for (const one of coming) {
      const { boxes, headerBytes, payloadBytes } = one;
      this.#pending.remove(one);
      this.#holdings.reserve(boxes, headerBytes + payloadBytes, -1);
      this.#pending.reject(one, problem);
    }
    for (const { reject } of told.acts) reject(problem);
    retell(told, this.#told);
    if (!this.#failing && coming.length === 0) this.#onProblem(problem);
    this.#failing = true;
    if (!isNothing(this.#told)) this.#pacer.later(RETRY_MS);
  }

  #takeDue(): readonly Coming[] {
    let bytes = 0;
    let count = 0;
    for (const { headerBytes, payloadBytes } of this.#queue) {
      count += 1;
      bytes += headerBytes + payloadBytes;
      if (count >= LETTERS_PER_COMMIT || bytes >= BYTES_PER_COMMIT) break;
    }
    if (count < this.#queue.length) return this.#queue.splice(0, count);
    const all = this.#queue;
    this.#queue = [];
    return all;
  }

  /** Pieces of the work on keys, beside every second commit and whenever nothing else is to be done. */
  #tidy(): void {
    if (this.#commits % 2 === 0) this.#step();
    if (this.#queue.length === 0) this.#tidyLater();
  }

  #tidyLater(): void {
    if (!this.#seen.due() || this.#ended !== undefined) return;
    setImmediate(() => {
      if (this.#ended === undefined && this.#queue.length === 0 && this.#step())
        this.#tidyLater();
    });
  }

  #step(): boolean {
    try {
      return this.#seen.due() && this.#seen.step(this.#row);
    } catch (error) {
      // Nothing is lost: the keys stay in the journal, and the next commit tries again.
      if (!this.#failing) this.#onProblem(translate(error, this.#file));
      this.#failing = true;
      return false;
    }
  }

  /** What is written to a file that was deleted or moved would be acknowledged and lost. */
  #refuseReplaced(): void {
    const now = statSync(this.#file, { bigint: true, throwIfNoEntry: false });
    if (now?.ino !== this.#identity.ino || now.dev !== this.#identity.dev)
      throw ended(
        "mailbox-fenced",
        this.#file,
        "the file was moved, deleted or replaced",
      );
  }
}
