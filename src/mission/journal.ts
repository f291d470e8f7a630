import type { DataOf, Draft, EventType, Recorded } from "../protocol/event.ts";
import type { EventLog } from "../ports.ts";

/** The mission's memory: a step that is in the log is not taken again. */
export interface Journal {
  /**
   * If the log holds this step, returns what it recorded; else acts, appends exactly one event, and returns its data once it is on disk.
   * A crash between acting and appending repeats the act, so acts must be safe to repeat. `part` tells steps of one type and attempt apart.
   */
  step<T extends EventType>(
    type: T,
    attempt: number,
    act: () => Promise<DataOf<T>>,
    part?: string,
  ): Promise<DataOf<T>>;
  /** Appends facts that are no step of their own, all or none. */
  note(drafts: readonly Pick<Draft, "type" | "data">[]): Promise<void>;
  /** Everything the log holds of this mission. */
  events(): readonly Recorded[];
}

/** Opens the journal of one mission over the log. */
export function openJournal(log: EventLog, missionId: string): Journal {
  return {
    step: async (type, attempt, act, part) => {
      const key = `${type}#${String(attempt)}${part === undefined ? "" : `/${part}`}`;
      const found = log.find(missionId, key);
      // A key holds its type, so what is found under it is of that type.
      if (found !== undefined) return found.data as DataOf<typeof type>;
      const data = await act();
      const recorded = await log.append({
        missionId,
        type,
        data,
        by: "hub",
        key,
      });
      return recorded.data;
    },
    note: async (facts) => {
      await log.appendAll(
        facts.map((fact) => ({ ...fact, missionId, by: "hub" }) as Draft),
      );
    },
    events: () => log.mission(missionId),
  };
}
