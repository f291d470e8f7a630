import type { DatabaseSync } from "node:sqlite";
import type { TaskFact } from "../../core/taskFact.ts";
import { evolveTask, taskOf } from "../../core/taskFact.ts";
import type { Recorded } from "../../protocol/event.ts";
import type { Projection } from "./project.ts";
import { movesTask, movingRows } from "./project.ts";
import { fromRow } from "./row.ts";

/** Changed tasks that may wait for their rows, and events they may be behind: what a start has to read again. */
const MAX_WAITING = 256;
const MAX_LAG = 4096;
/** Rows one commit writes at most, so that it stays short. */
const PER_COMMIT = 64;

/**
 * Tasks whose rows are written some commits later, several changes at once, so that storing an event touches fewer pages. `writer` says
 * up to which event the rows tell everything; what came after is read again when the log is opened.
 */
export interface LateTasks {
  /** Takes in what was committed. */
  take(events: readonly Recorded[]): void;
  task(id: string): TaskFact | undefined;
  readonly waiting: number;
  /** Inside a transaction: writes what is due, or everything. `head` is the last event taken in. Returns what to call once it is committed. */
  write(head: number, everything: boolean): () => void;
}

interface Waiting {
  readonly fact: TaskFact;
  /** Place of the first event that its row does not tell. */
  readonly since: number;
}

/** Opens what waits, with what the last writer left unwritten. */
export function openLateTasks(
  db: DatabaseSync,
  projection: Projection,
): LateTasks {
  // In the order of `since`.
  const waiting = new Map<string, Waiting>();
  const keepPlace = db.prepare("UPDATE writer SET projected_seq = ?");

  const take = (events: readonly Recorded[]): void => {
    for (const event of events) {
      const id = movesTask(event) ? taskOf(event) : undefined;
      if (id === undefined) continue;
      const known = waiting.get(id);
      const before =
        known?.fact ??
        (event.type === "TaskSubmitted" ? undefined : projection.stored(id));
      const fact = evolveTask(before, event);
      if (fact !== undefined)
        waiting.set(id, { fact, since: known?.since ?? event.seq });
    }
  };

  const due = (head: number): number => {
    const [oldest] = waiting.values();
    const isDue =
      waiting.size > MAX_WAITING ||
      (oldest !== undefined && head - oldest.since > MAX_LAG);
    return isDue ? PER_COMMIT : 0;
  };

  for (const row of movingRows(db, placeOf(db))) {
    const event = fromRow(row);
    if (event !== undefined) take([event]);
  }

  return {
    take,
    task: (id) => waiting.get(id)?.fact,
    get waiting() {
      return waiting.size;
    },
    write(head, everything) {
      const count = everything ? waiting.size : due(head);
      if (count === 0) return () => undefined;
      const written: string[] = [];
      let place = head;
      for (const [id, { fact, since }] of waiting) {
        if (written.length === count) {
          place = since - 1;
          break;
        }
        projection.write(fact);
        written.push(id);
      }
      keepPlace.run(place);
      return () => {
        for (const id of written) waiting.delete(id);
      };
    },
  };
}

function placeOf(db: DatabaseSync): number {
  const row = db.prepare("SELECT projected_seq FROM writer").get();
  return Number(row?.["projected_seq"] ?? 0);
}
