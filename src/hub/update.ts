import type { StreamResponse } from "../protocol/a2a.ts";
import type { Recorded } from "../protocol/event.ts";

/** What a stream of the task shows of an event; undefined where it shows nothing. An event counts in the task's generation exactly when it shows. */
export function updateOf(
  event: Recorded,
  ids: { readonly taskId: string; readonly contextId: string },
  generation: number,
): StreamResponse | undefined {
  const metadata = { generation };
  switch (event.type) {
    case "TaskStatusChanged":
      return { statusUpdate: { ...ids, status: event.data.status, metadata } };
    case "TaskArtifactAdded": {
      const { artifact, append } = event.data;
      return { artifactUpdate: { ...ids, artifact, append, metadata } };
    }
    default:
      return undefined;
  }
}

/** The generation of the task that an item of a stream stands for; 0 where it names none. */
export function generationOf(item: StreamResponse): number {
  const { metadata } =
    item.task ??
    item.statusUpdate ??
    item.artifactUpdate ??
    (item as { readonly metadata?: Readonly<Record<string, unknown>> });
  const generation = metadata?.["generation"];
  return typeof generation === "number" ? generation : 0;
}

const written = new WeakMap<object, string>();

/** The item as JSON; an update that many streams show is written once. Items must not change after they were shown. */
export function jsonOf(item: object): string {
  const known = written.get(item);
  if (known !== undefined) return known;
  const json = JSON.stringify(item);
  written.set(item, json);
  return json;
}
