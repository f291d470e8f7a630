import type { Task } from "../../protocol/a2a.ts";

/** Most that a task may be as JSON, characters: with signature and base64 it still fits an envelope. */
const MAX_TASK = 90_000;
const MAX_TEXT = 20_000;

/** A task as it goes to who asked for it: without its history and metadata; of long answers the beginning. */
export function fitting(task: Task): Task {
  const { id, contextId, status, artifacts } = task;
  const whole: Task = {
    id,
    contextId,
    status,
    ...(artifacts !== undefined && { artifacts }),
  };
  if (JSON.stringify(whole).length <= MAX_TASK) return whole;
  const text = (artifacts ?? [])
    .flatMap(({ parts }) => parts.map((part) => part.text ?? ""))
    .join("\n");
  return {
    id,
    contextId,
    status: {
      state: status.state,
      ...(status.timestamp !== undefined && { timestamp: status.timestamp }),
    },
    artifacts: [
      {
        artifactId: "answer",
        parts: [{ text: `${text.slice(0, MAX_TEXT)}\n… (cut)` }],
      },
    ],
  };
}
