import type { Task } from "../protocol/a2a.ts";
import { generationOf } from "./update.ts";
import { invalidField } from "./wireError.ts";

/** The generation to go on after: the parameter's, else that of the last event the client has; undefined without either. */
export function resumePoint(
  afterGeneration: number | undefined,
  lastEventId: string | undefined,
): number | undefined {
  if (afterGeneration !== undefined) return afterGeneration;
  if (lastEventId === undefined || lastEventId === "") return undefined;
  if (!/^\d{1,15}$/.test(lastEventId))
    throw invalidField("Last-Event-ID", "is not the id of one of our events");
  return Number(lastEventId);
}

/** −32602 when the task never had that generation: who asks for it would wait for what was never there. */
export function checkReached(task: Task | undefined, after: number): void {
  const generation = task === undefined ? 0 : generationOf({ task });
  if (after > generation)
    throw invalidField(
      "afterGeneration",
      `the task has come to generation ${String(generation)} only`,
    );
}
