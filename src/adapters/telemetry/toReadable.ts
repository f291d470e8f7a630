import type { Resource } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Span } from "../../protocol/trace.ts";

/** What may leave the machine, and under which name. Anything not named here stays: ids that clients chose, names of people, paths. */
const ALLOWED: Readonly<Record<string, string>> = {
  missionId: "roundtable.mission.id",
  kind: "roundtable.mission.kind",
  provider: "gen_ai.provider.name",
  taskId: "roundtable.task.id",
  state: "roundtable.task.state",
  outcome: "roundtable.outcome",
  verdict: "roundtable.verdict",
  round: "roundtable.round",
  rounds: "roundtable.rounds",
  status: "roundtable.check.status",
  ruling: "roundtable.tool.ruling",
  answer: "roundtable.permission.answer",
  attempt: "roundtable.attempt",
  files: "roundtable.files",
  model: "gen_ai.request.model",
  stop: "gen_ai.response.finish_reason",
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
  cacheReadTokens: "gen_ai.usage.cache_read_tokens",
  calls: "roundtable.model.calls",
  modelMs: "roundtable.model.ms",
  tools: "roundtable.tool.calls",
  toolMs: "roundtable.tool.ms",
  durationMs: "roundtable.tool.duration_ms",
};

const NAME = /^[\w.:/-]{1,100}$/;
/** OpenTelemetry's numbers for what happens inside, and what is asked of somebody else. */
const INTERNAL = 0;
const CLIENT = 2;
const SAMPLED = 1;
const STATUS = { unset: 0, ok: 1, error: 2 } as const;

/** With plain numbers: the enums are in a package that is only a part of the others. */
type Numbered = Omit<ReadableSpan, "kind" | "status"> & {
  readonly kind: number;
  readonly status: { readonly code: number };
};

/** A finished span as OpenTelemetry's exporters take it, with the same ids and without anything that is not allowed to leave. */
export function toReadable(
  span: Span & { readonly endMs: number },
  resource: Resource,
  scope: ReadableSpan["instrumentationScope"],
): ReadableSpan {
  const { traceId, spanId, parentId, kind, startMs, endMs, ok } = span;
  const own = { traceId, spanId, traceFlags: SAMPLED };
  const above =
    parentId === null
      ? {}
      : { parentSpanContext: { ...own, spanId: parentId } };
  const code = ok === null ? STATUS.unset : ok ? STATUS.ok : STATUS.error;
  const readable: unknown = {
    name: nameOf(span),
    kind: kind === "model" ? CLIENT : INTERNAL,
    spanContext: () => own,
    ...above,
    startTime: hrTime(startMs),
    endTime: hrTime(endMs),
    duration: hrTime(endMs - startMs),
    status: { code },
    attributes: allowed(span),
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  } satisfies Numbered;
  return readable as ReadableSpan;
}

/** Names of models and tools come from outside: only what looks like a name goes out. */
function nameOf({ kind, name }: Span): string {
  if (kind !== "model" && kind !== "tool") return name;
  return NAME.test(name) ? `${kind} ${name}` : kind;
}

function allowed({
  kind,
  agentId,
  attributes,
}: Span): ReadableSpan["attributes"] {
  const out: Record<string, string | number> = {
    "roundtable.span.kind": kind,
    "roundtable.agent.id": NAME.test(agentId) ? agentId : "other",
  };
  for (const [name, value] of Object.entries(attributes)) {
    const as = ALLOWED[name];
    if (as === undefined) continue;
    if (typeof value === "number" || NAME.test(value)) out[as] = value;
  }
  const { microUsd } = attributes;
  if (typeof microUsd === "number")
    out["roundtable.cost_usd"] = microUsd / 1_000_000;
  return out;
}

/** Seconds and nanoseconds. */
function hrTime(ms: number): [number, number] {
  return [Math.floor(ms / 1000), (ms % 1000) * 1_000_000];
}
