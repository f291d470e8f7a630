import type { EnvelopeHeader } from "../../protocol/envelope.ts";
import { PRIORITY, Recipient, TraceParent } from "../../protocol/envelope.ts";

/** What is wrong with a header: the member, and what it should be. */
export interface HeaderProblem {
  readonly field: string;
  readonly description: string;
}

/** Recipients seen before; bounded, since they come from outside. */
const MAX_KNOWN = 10_000;
const known = new Set<string>();

function isRecipient(text: string): boolean {
  if (known.has(text)) return true;
  if (!Recipient.safeParse(text).success) return false;
  if (known.size >= MAX_KNOWN) known.clear();
  known.add(text);
  return true;
}

function isTextUpTo(value: unknown, most: number): boolean {
  return (
    value === undefined || (typeof value === "string" && value.length <= most)
  );
}

function isWhole(value: unknown): boolean {
  return value === undefined || Number.isSafeInteger(value);
}

function isType(value: unknown): boolean {
  switch (value) {
    case undefined:
    case "event":
    case "request":
    case "response":
    case "broadcast":
    case "heartbeat":
    case "error":
      return true;
    default:
      return false;
  }
}

function isPriority(value: unknown): boolean {
  return (
    value === undefined ||
    (typeof value === "number" &&
      Number.isSafeInteger(value) &&
      value >= PRIORITY.min &&
      value <= PRIORITY.max)
  );
}

function isSwitch(value: unknown): boolean {
  return value === undefined || typeof value === "boolean";
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const PROBLEMS = {
  header: "must be an object",
  id: "must be a string of 1 to 128 characters",
  to: "must be everyone, agent:ID, role:ROLE, skill:PATTERN or topic:a.b.c",
  from: "must be a string of at most 64 characters",
  type: "must be request, response, broadcast, event, heartbeat or error",
  durable: "must be true or false",
  more: "must be true or false",
  priority: "must be a whole number from 0 to 10",
  at: "must be a whole number, ms since 1970",
  expiresAt: "must be a whole number, ms since 1970",
  correlationId: "must be a string of at most 128 characters",
  causationId: "must be a string of at most 128 characters",
  traceparent: "must be a W3C traceparent of version 00",
  tracestate: "must be a string of at most 512 characters",
  seq: "must be a whole number",
  attempt: "must be a whole number",
  subscription: "must be a string of at most 64 characters",
} as const;

function firstMisfit(value: unknown): keyof typeof PROBLEMS | undefined {
  if (!isPlain(value)) return "header";
  const { id, to, traceparent } = value;
  if (typeof id !== "string" || id === "" || id.length > 128) return "id";
  if (typeof to !== "string" || !isRecipient(to)) return "to";
  if (!isTextUpTo(value["from"], 64)) return "from";
  if (!isType(value["type"])) return "type";
  if (!isSwitch(value["durable"])) return "durable";
  if (!isSwitch(value["more"])) return "more";
  if (!isPriority(value["priority"])) return "priority";
  if (!isWhole(value["at"])) return "at";
  if (!isWhole(value["expiresAt"])) return "expiresAt";
  if (!isTextUpTo(value["correlationId"], 128)) return "correlationId";
  if (!isTextUpTo(value["causationId"], 128)) return "causationId";
  if (
    traceparent !== undefined &&
    (typeof traceparent !== "string" ||
      !TraceParent.safeParse(traceparent).success)
  )
    return "traceparent";
  if (!isTextUpTo(value["tracestate"], 512)) return "tracestate";
  if (!isWhole(value["seq"])) return "seq";
  if (!isWhole(value["attempt"])) return "attempt";
  if (!isTextUpTo(value["subscription"], 64)) return "subscription";
  return undefined;
}

/**
 * What keeps a parsed JSON value from being a header, or undefined: the verdict of the schema `EnvelopeHeader`, at a tenth of its cost,
 * for the path every message takes. A test holds the two together.
 */
export function headerProblem(value: unknown): HeaderProblem | undefined {
  const field = firstMisfit(value);
  return field === undefined
    ? undefined
    : { field, description: PROBLEMS[field] };
}

/** The header in a value without {@link headerProblem}, the schema's defaults filled in; the value itself is changed, so it must be the caller's own. */
export function asHeader(value: unknown): EnvelopeHeader {
  const given = value as Partial<EnvelopeHeader>;
  given.type ??= "event";
  given.durable ??= false;
  given.priority ??= PRIORITY.usual;
  return given as EnvelopeHeader;
}
