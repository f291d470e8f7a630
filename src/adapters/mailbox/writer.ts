import type { BigIntStats } from "node:fs";
import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import type { RoundtableError } from "../../core/errors.ts";
import { isProblem } from "../../core/errors.ts";
import type { Clock } from "../../ports.ts";
import type { Coming, Placed, Stored, Told } from "./batch.ts";
import { encode, isNothing, nothingTold, retell } from "./batch.ts";
import type { Bodies } from "./bodies.ts";
import type { Commit } from "./commit.ts";
import { createCommit } from "./commit.ts";
import type { Box, Held, Holdings, Segment } from "./holdings.ts";
import { JournalWriter } from "./journal.ts";
import type { Recovered } from "./recover.ts";
import type { Seen } from "./seen.ts";
import { outlived, stragglers } from "./sparse.ts";
import { ended, translate } from "./trouble.ts";

// Some 3 ms of work: the event loop of an editor must not stand still for longer than 10.
const LETTERS_PER_COMMIT = 512;
const BYTES_PER_COMMIT = 1024 * 1024;
const SEGMENTS_PER_COMMIT = 32;
/** Letters in one turn of the event loop that let a commit wait for the next one, and for how many. */
const CROWD = 16;
const CROWD_TURNS = 8;
/** How long what was settled may wait for a letter to share a commit with, ms. */
const LAZY_MS = 20;
/** Until what could not be written is tried again, ms. */
const RETRY_MS = 1000;

/** What a commit is about to change, and what has to be known when it did. */
interface Plan {
  readonly commit: Commit;
  readonly coming: readonly Coming[];
  readonly told: Told;
  readonly placed: readonly Placed[];
  readonly rows: readonly Segment[];
}

/** The way to the disk: letters of one turn of the event loop, and of the time the commit before took, share a commit and so an fsync. */
export class Writer {
  readonly #file: string;
  readonly #identity: BigIntStats;
  readonly #clock: Clock;
  readonly #holdings: Holdings;
  readonly #seen: Seen;
  readonly #bodies: Bodies;
  readonly #onProblem: (problem: RoundtableError) => void;
  readonly #write: (commit: Commit) => void;
  readonly #journal = new JournalWriter();
  readonly #life = new AbortController();
  /** Letters whose keys are not on disk yet, and who else wants to know when they are. */
  readonly #echoes = new Map<number, Pick<Coming, "resolve" | "reject">[]>();
  #queue: Coming[] = [];
  #told: Told = nothingTold();
  #newBoxes: Box[] = [];
  #row: number;
  #lastSeq: number;
  #soon = false;
  #later = false;
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
    this.#clock = parts.clock;
    this.#holdings = parts.recovered.holdings;
    this.#seen = parts.seen;
    this.#bodies = parts.bodies;
    this.#onProblem = parts.onProblem;
    this.#write = createCommit(parts.db);
    this.#row = parts.recovered.lastRow;
    this.#lastSeq = parts.recovered.lastSeq;
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

  /** Resolves once the letter is on disk. */
  store(letter: Omit<Coming, "resolve" | "reject">): Promise<Stored> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ ...letter, resolve, reject });
      this.#flushSoon();
    });
  }

  /** Resolves when the letter with that place, which is on its way, is on disk. */
  join(seq: number): Promise<Stored> {
    return new Promise((resolve, reject) => {
      const echo = {
        resolve: () => {
          resolve({ seq, duplicate: true });
        },
        reject,
      };
      this.#echoes.set(seq, [...(this.#echoes.get(seq) ?? []), echo]);
    });
  }

  /** Takes in what the next commit says beside its letters. */
  tell(say: (told: Told) => void): void {
    say(this.#told);
    if (!this.#soon) this.#flushLater(LAZY_MS);
  }

  /** Runs within the next commit; resolves once that is on disk. */
  act(run: () => void): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#told.acts.push({ run, resolve, reject });
      this.#flushSoon();
    });
  }

  /** Writes what is left and ends. */
  close(): void {
    while (this.#ended === undefined && this.#flush());
    this.#life.abort();
    this.#ended = ended("mailbox-closed", this.#file, "they are closed");
    for (const { reject } of this.#queue.splice(0)) reject(this.#ended);
  }

  #flushSoon(): void {
    if (this.#soon) return;
    this.#soon = true;
    this.#nextTurn(0, 0);
  }

  /** In a crowd a commit waits for the next turn, as long as each turn brings many more: reading what has come costs less than an fsync. */
  #nextTurn(turns: number, before: number): void {
    setImmediate(() => {
      const waiting = this.#queue.length;
      const crowd =
        waiting - before >= CROWD &&
        waiting < LETTERS_PER_COMMIT &&
        turns < CROWD_TURNS;
      if (crowd) {
        this.#nextTurn(turns + 1, waiting);
        return;
      }
      this.#soon = false;
      this.#flush();
      if (this.#queue.length > 0) this.#flushSoon();
    });
  }

  #flushLater(ms: number): void {
    if (this.#later || this.#ended !== undefined) return;
    this.#later = true;
    this.#clock.after(ms, this.#life.signal).then(
      () => {
        this.#later = false;
        this.#flush();
      },
      // Aborted: the store is closed.
      () => undefined,
    );
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
    const { entries, bodies, placed } = encode(this.#journal, this.#lastSeq, {
      coming,
      moving,
      told,
    });
    const rows = outlived(this.#holdings, this.#seen.upTo, this.#row);
    return {
      coming,
      told,
      placed,
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
  #moving(): readonly { readonly held: Held; readonly bytes: Buffer }[] {
    return stragglers(this.#holdings, this.#seen.upTo).flatMap((held) => {
      try {
        return { held, bytes: this.#bodies.bytesOf(held) };
      } catch (error) {
        if (!isProblem(error, "mailbox-corrupt")) throw error;
        return [];
      }
    });
  }

  #done({ commit, coming, told, placed, rows }: Plan): void {
    const { n, entries, bodies, emptied } = commit;
    this.#commits += 1;
    this.#failing = false;
    this.#holdings.bodiesGone(emptied);
    for (const row of rows) this.#holdings.dropSegment(row);
    if (entries !== undefined) {
      this.#row = n;
      const segment: Segment = {
        ...{
          n,
          entryBytes: entries.length,
          bodyBytes: bodies?.length ?? 0,
          live: 0,
        },
        ...{ hasBodies: bodies !== undefined, bodies },
        headers: coming.map(({ header }) => header),
      };
      this.#holdings.addSegment(segment);
      for (const { entry, boxes, at, slot } of placed)
        if (boxes.length > 0)
          this.#holdings.hold(entry, boxes, { segment, at, slot });
      if (bodies !== undefined) this.#bodies.keep(segment);
    }
    for (const { key, seq } of coming)
      if (key !== undefined) this.#seen.add(key, seq);
    // Only now may anybody act on it: everything above is as if it had always been so.
    for (const { seq, resolve } of coming) {
      resolve({ seq, duplicate: false });
      if (this.#echoes.size > 0)
        this.#echo(seq, (echo) => {
          echo.resolve({ seq, duplicate: true });
        });
    }
    for (const { resolve } of told.acts) resolve();
  }

  #undo(coming: readonly Coming[], told: Told, problem: RoundtableError): void {
    if (isProblem(problem, "mailbox-fenced")) this.#ended = problem;
    for (const { seq, boxes, headerBytes, payload, reject } of coming) {
      this.#holdings.reserve(boxes, headerBytes + payload.length, -1);
      reject(problem);
      this.#echo(seq, (echo) => {
        echo.reject(problem);
      });
    }
    for (const { reject } of told.acts) reject(problem);
    retell(told, this.#told);
    if (!this.#failing && coming.length === 0) this.#onProblem(problem);
    this.#failing = true;
    if (!isNothing(this.#told)) this.#flushLater(RETRY_MS);
  }

  #echo(
    seq: number,
    tell: (echo: Pick<Coming, "resolve" | "reject">) => void,
  ): void {
    for (const echo of this.#echoes.get(seq) ?? []) tell(echo);
    this.#echoes.delete(seq);
  }

  #takeDue(): readonly Coming[] {
    let bytes = 0;
    let count = 0;
    for (const { payload, headerBytes } of this.#queue) {
      count += 1;
      bytes += headerBytes + payload.length;
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
