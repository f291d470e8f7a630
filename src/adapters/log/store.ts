import type { BigIntStats } from "node:fs";
import { statSync } from "node:fs";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { upcast } from "../../core/events.ts";
import type { TaskFact } from "../../core/taskFact.ts";
import { taskOf } from "../../core/taskFact.ts";
import type { EventLog, TaskQuery } from "../../ports.ts";
import type { Draft, EventType, Recorded } from "../../protocol/event.ts";
import { HUB_STREAM } from "../../protocol/event.ts";
import type { Archived } from "./archived.ts";
import { readArchived } from "./archived.ts";
import { markDamaged } from "./damage.ts";
import type { LateTasks } from "./lateTasks.ts";
import { openLateTasks } from "./lateTasks.ts";
import type { Projection } from "./project.ts";
import { openProjection } from "./project.ts";
import type { Facts, Question } from "./queries.ts";
import {
  findSnapshot,
  lastQuestion,
  openFacts,
  readQuestion,
} from "./queries.ts";
import type { Row } from "./row.ts";
import { COLUMNS, fromRow, INSERT_NEW, values } from "./row.ts";
import { seal } from "./seal.ts";
import { isDamage, logFenced } from "./sqliteTrouble.ts";

/** Missions and conversations whose end of the chain is kept in memory; of others it is read. */
const MAX_TIPS = 10_000;
const MAX_SNAPSHOTS_WAITING = 1000;
const SELECT = `SELECT ${COLUMNS} FROM events`;

interface Snapshot {
  readonly kind: string;
  readonly key: string;
  readonly seq: number;
  readonly body: unknown;
}

/** One entry of a commit: drafts that are stored together. */
export type Entry = readonly Draft[];

/** The tables of one log as functions; every call is synchronous, every read sees all commits. */
export class Store {
  readonly #db: DatabaseSync;
  readonly #file: string;
  readonly #identity: BigIntStats;
  readonly #epoch: number;
  readonly #statements = new Map<string, StatementSync>();
  readonly #tips = new Map<string, string>();
  readonly #projection: Projection;
  readonly #late: LateTasks;
  #hasArchived: boolean | undefined;
  readonly #facts: Facts;
  readonly #snapshots = new Map<string, Snapshot>();
  #head: number;

  /** `db` is a prepared connection to `file` whose writer row says `epoch`. */
  constructor(db: DatabaseSync, file: string, epoch: number) {
    this.#db = db;
    this.#file = file;
    this.#epoch = epoch;
    this.#identity = statSync(file, { bigint: true });
    this.#projection = openProjection(db);
    this.#late = openLateTasks(db, this.#projection);
    this.#facts = openFacts((sql) => this.#statement(sql));
    // The place of an archived event is never given away again.
    this.#head = Number(
      this.#statement(
        "SELECT MAX(COALESCE((SELECT MAX(seq) FROM events), 0), COALESCE((SELECT MAX(last_seq) FROM archived), 0)) AS head",
      ).get()?.["head"],
    );
  }

  head(): number {
    return this.#head;
  }

  /** Stores all entries in one transaction and returns, per entry, its events; `fresh` are those that were not stored before. `also` is done in the same transaction, after them. */
  commit(
    entries: readonly Entry[],
    now: () => number,
    also?: (db: DatabaseSync) => void,
  ): {
    readonly stored: readonly Recorded[][];
    readonly fresh: readonly Recorded[];
  } {
    const fresh: Recorded[] = [];
    const tips = new Map<string, string>();
    this.#refuseReplaced();
    this.#statement("BEGIN IMMEDIATE").run();
    try {
      this.#refuseStale();
      const stored = entries.map((drafts) =>
        drafts.map((draft) => this.#insert(draft, fresh, tips, now)),
      );
      this.#projection.applyToMissions(fresh);
      this.#writeSnapshots();
      const written = this.#late.write(this.#head, also !== undefined);
      also?.(this.#db);
      this.#statement("COMMIT").run();
      written();
      this.#late.take(fresh);
      this.#snapshots.clear();
      this.#head += fresh.length;
      if (also !== undefined) this.#hasArchived = undefined;
      if (this.#tips.size > MAX_TIPS) this.#tips.clear();
      for (const [mission, hash] of tips) this.#tips.set(mission, hash);
      return { stored, fresh };
    } catch (error) {
      // On a full disk SQLite may have rolled back by itself.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  find(missionId: string, key: string): Recorded | undefined {
    return this.#events({
      sql: `${SELECT} WHERE mission = ? AND key = ?`,
      parameters: [missionId, key],
    }).at(0);
  }

  read(query: Parameters<EventLog["read"]>[0]): Recorded[] {
    const events = this.#events(readQuestion(query));
    const { taskId } = query;
    if (
      taskId !== undefined &&
      events.some((event) => taskOf(event) !== taskId)
    )
      throw markDamaged(this.#file);
    return events;
  }

  last(missionId: string, types: readonly EventType[]): Recorded | undefined {
    return this.#events(lastQuestion(missionId, types)).at(0);
  }

  task(taskId: string): TaskFact | undefined {
    return this.#late.task(taskId) ?? this.#projection.stored(taskId);
  }

  tasks(query: TaskQuery): ReturnType<EventLog["tasks"]> {
    this.#writeTasks();
    return this.#facts.tasks(query);
  }

  /** Missions by their table. */
  get missionFacts(): Omit<Facts, "tasks"> {
    return this.#facts;
  }

  missions(): string[] {
    // Jumps from one mission to the next in the index instead of reading all of it.
    return this.#statement(
      `WITH RECURSIVE ids (id) AS (
         SELECT MIN(mission) FROM events
         UNION ALL
         SELECT (SELECT MIN(mission) FROM events WHERE mission > ids.id) FROM ids WHERE ids.id IS NOT NULL
       )
       SELECT id FROM ids WHERE id IS NOT NULL AND id <> ?
       ORDER BY (SELECT MIN(seq) FROM events WHERE mission = id)`,
    )
      .all(HUB_STREAM)
      .map((row) => String(row["id"]));
  }

  snapshot(
    kind: string,
    key: string,
  ): { readonly seq: number; readonly body: unknown } | undefined {
    return (
      this.#snapshots.get(`${kind} ${key}`) ??
      findSnapshot((sql) => this.#statement(sql), kind, key)
    );
  }

  /** Kept in memory until the next commit, or the end, takes it along: it is not worth an fsync of its own. */
  keepSnapshot(kind: string, key: string, seq: number, body: unknown): void {
    if (this.#snapshots.size >= MAX_SNAPSHOTS_WAITING) this.#snapshots.clear();
    this.#snapshots.set(`${kind} ${key}`, { kind, key, seq, body });
  }

  /** All rows in order, one at a time. */
  rows(): Iterable<Row> {
    return this.#statement(
      `${SELECT} ORDER BY seq`,
    ).iterate() as Iterable<unknown> as Iterable<Row>;
  }

  /** Missions whose events are in an archive instead. */
  archived(): readonly Archived[] {
    return readArchived(this.#db);
  }

  /** Whether a mission's events are in an archive instead. */
  isArchived(missionId: string): boolean {
    return (
      this.#isAnyArchived() &&
      this.#statement("SELECT 1 FROM archived WHERE mission = ?").get(
        missionId,
      ) !== undefined
    );
  }

  /** Reads what the other methods do not; `work` changes nothing. */
  reading<R>(work: (db: DatabaseSync) => R): R {
    return work(this.#db);
  }

  /** Ends the connection and remembers that everything was said and done. */
  close(): void {
    try {
      this.#db.exec("BEGIN IMMEDIATE");
      this.#refuseStale();
      this.#writeSnapshots();
      this.#late.write(this.#head, true);
      this.#statement("UPDATE writer SET closed_at_seq = ?").run(this.#head);
      this.#db.exec("COMMIT");
    } catch {
      // A disk that is full or a log somebody else took over: what was acknowledged is safe, the next start only looks closer.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
    } finally {
      this.#db.close();
    }
  }

  #insert(
    draft: Draft,
    fresh: Recorded[],
    tips: Map<string, string>,
    now: () => number,
  ): Recorded {
    const { missionId, key } = draft;
    const { event, body } = seal(draft, {
      seq: this.#head + fresh.length + 1,
      at: now(),
      epoch: this.#epoch,
      prevHash: tips.get(missionId) ?? this.#tip(missionId),
    });
    const { changes } = this.#statement(INSERT_NEW).run(...values(event, body));
    if (changes === 0) {
      const known = key === undefined ? undefined : this.find(missionId, key);
      if (known === undefined) throw markDamaged(this.#file);
      return known;
    }
    tips.set(missionId, event.hash);
    fresh.push(event);
    return event;
  }

  /** Not synced: should it be lost, the next start reads the events again. */
  #writeTasks(): void {
    if (this.#late.waiting === 0) return;
    const synced = this.#statement("PRAGMA synchronous").get();
    this.#db.exec("PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE");
    try {
      this.#refuseStale();
      const written = this.#late.write(this.#head, true);
      this.#db.exec("COMMIT");
      written();
    } catch (error) {
      // On a full disk, or where another writer took over, reading goes on with the rows as they are.
      if (isDamage(error)) throw error;
    } finally {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      this.#db.exec(`PRAGMA synchronous = ${String(synced?.["synchronous"])}`);
    }
  }

  #writeSnapshots(): void {
    for (const { kind, key, seq, body } of this.#snapshots.values())
      this.#statement(
        "INSERT OR REPLACE INTO snapshots (kind, key, seq, body) VALUES (?, ?, ?, ?)",
      ).run(kind, key, seq, JSON.stringify(body));
  }

  #isAnyArchived(): boolean {
    return (this.#hasArchived ??=
      this.#statement("SELECT 1 FROM archived LIMIT 1").get() !== undefined);
  }

  #tip(missionId: string): string {
    const known = this.#tips.get(missionId);
    if (known !== undefined) return known;
    const last =
      this.#statement(
        "SELECT hash FROM events WHERE mission = ? ORDER BY seq DESC LIMIT 1",
      ).get(missionId) ??
      (this.#isAnyArchived()
        ? this.#statement(
            "SELECT tip AS hash FROM archived WHERE mission = ?",
          ).get(missionId)
        : undefined);
    return last === undefined ? "" : String(last["hash"]);
  }

  /** Inside the transaction, so nobody can take over between the check and the commit. */
  #refuseStale(): void {
    const epoch = this.#statement("SELECT epoch FROM writer").get()?.["epoch"];
    if (epoch !== this.#epoch)
      throw logFenced(this.#file, "another window has taken over");
  }

  /** What is written to a file that was deleted or moved would be acknowledged and lost. */
  #refuseReplaced(): void {
    const now = statSync(this.#file, { bigint: true, throwIfNoEntry: false });
    if (now?.ino !== this.#identity.ino || now.dev !== this.#identity.dev)
      throw logFenced(this.#file, "the file was moved, deleted or replaced");
  }

  #events({ sql, parameters }: Question): Recorded[] {
    const rows = this.#statement(sql).all(...parameters) as unknown as Row[];
    return rows.map((row) => {
      const event = fromRow(row);
      if (event === undefined) throw markDamaged(this.#file);
      return upcast(event);
    });
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const prepared = this.#db.prepare(sql);
    this.#statements.set(sql, prepared);
    return prepared;
  }
}
