/** Missions as lines of text (`protocol/logFile.ts`): made from rows byte for byte, and checked byte for byte when they are read. */
import { createHash } from "node:crypto";
import { RoundtableError } from "../../core/errors.ts";
import type { LogFileHeader } from "../../protocol/logFile.ts";
import { LogFileEnd, LogFileHeader as Header } from "../../protocol/logFile.ts";
import { hashOf } from "./seal.ts";
import type { Row } from "./row.ts";
import { fromRow } from "./row.ts";

const LF = 0x0a;
/** An event is at most a few MiB; a longer line is no event. */
const LINE_BYTES = 64 * 2 ** 20;
const HASH_END = /,"hash":"([0-9a-f]{64})"\}$/;

/** The lines of a file with these rows. */
export function* linesOf(
  header: LogFileHeader,
  rows: Iterable<Row>,
): Iterable<string> {
  const sum = createHash("sha256");
  const out = (text: string): string => {
    sum.update(text);
    return text;
  };
  yield out(`${JSON.stringify(header)}\n`);
  let events = 0;
  for (const { body, hash } of rows) {
    events += 1;
    // Inside the body's own bytes, so that the hash can be checked without writing the JSON anew.
    yield out(`${body.slice(0, -1)},"hash":"${hash}"}\n`);
  }
  yield `${JSON.stringify({ events, sha256: sum.digest("hex") })}\n`;
}

/** What a file says, in order. */
export type LogFilePart =
  | { readonly kind: "header"; readonly header: LogFileHeader }
  | { readonly kind: "row"; readonly row: Row };

/**
 * Reads a file and checks every line: shape, hashes, the chain of each mission, the counts, the sum at the end. `bad-log-file` names
 * the first line that does not fit; nothing may be kept of a file before its end was reached.
 */
export async function* partsOf(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncIterable<LogFilePart> {
  const sum = createHash("sha256");
  const tips = new Map<string, { readonly tip: string; readonly n: number }>();
  let header: LogFileHeader | undefined;
  let events = 0;
  let seq = 0;
  let number = 0;
  let ended = false;
  for await (const bytes of split(chunks, name)) {
    number += 1;
    const bad = (why: string): RoundtableError => badLine(name, number, why);
    if (ended) throw bad("there is more after the end");
    const text = decode(bytes);
    if (text === undefined) throw bad("it is not UTF-8");
    if (header === undefined) {
      header = headerOf(text, bad);
      sum.update(bytes).update("\n");
      yield { kind: "header", header };
      continue;
    }
    const hash = HASH_END.exec(text)?.[1];
    if (hash === undefined) {
      const end = LogFileEnd.safeParse(json(text, bad));
      if (!end.success) throw bad("it is neither an event nor the end");
      if (end.data.events !== events || header.events !== events)
        throw bad(
          `it has ${String(events)} events, not the ${String(header.events)} its header says`,
        );
      if (end.data.sha256 !== sum.digest("hex"))
        throw bad("the sum over the whole file is another");
      for (const { missionId, events: n, tip } of header.missions)
        if (tips.get(missionId)?.n !== n || tips.get(missionId)?.tip !== tip)
          throw bad(`mission ${missionId} is not what the header says`);
      if (tips.size !== header.missions.length)
        throw bad("it holds missions its header does not name");
      ended = true;
      continue;
    }
    const row = rowOf(text, hash, bad);
    if (row.seq <= seq) throw bad("it is out of order");
    const before = tips.get(row.mission);
    if (fromRow(row)?.prevHash !== (before?.tip ?? ""))
      throw bad("it does not follow the event before it in its mission");
    seq = row.seq;
    tips.set(row.mission, { tip: row.hash, n: (before?.n ?? 0) + 1 });
    events += 1;
    sum.update(bytes).update("\n");
    yield { kind: "row", row };
  }
  if (!ended)
    throw badLine(name, number + 1, "the file ends too early, it was cut");
}

function headerOf(
  text: string,
  bad: (why: string) => RoundtableError,
): LogFileHeader {
  const raw = json(text, bad);
  const header = Header.safeParse(raw);
  if (header.success) return header.data;
  const version = (raw as { readonly version?: unknown } | null)?.version;
  throw bad(
    typeof version === "number" && version > 1
      ? `its format has version ${String(version)}, this Roundtable reads 1`
      : "it is not the header of an exported log",
  );
}

function rowOf(
  text: string,
  hash: string,
  bad: (why: string) => RoundtableError,
): Row {
  const body = text.replace(HASH_END, "}");
  if (hashOf(body) !== hash)
    throw bad("its content is not what its hash is of");
  const event = json(body, bad) as Record<string, unknown> | null;
  const { seq, missionId, key = null, type } = event ?? {};
  if (
    typeof seq !== "number" ||
    !Number.isSafeInteger(seq) ||
    typeof missionId !== "string" ||
    typeof type !== "string" ||
    (key !== null && typeof key !== "string")
  )
    throw bad("it is no event");
  return { seq, mission: missionId, key, type, body, hash };
}

function json(text: string, bad: (why: string) => RoundtableError): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw bad("it is not JSON");
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      bytes,
    );
  } catch {
    return undefined;
  }
}

/** Lines without their line feed; only the line feed ends one, whatever else a text may hold. */
async function* split(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncIterable<Uint8Array> {
  let rest: Uint8Array[] = [];
  let size = 0;
  let lines = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, start)) {
      yield Buffer.concat([...rest, chunk.subarray(start, at)]);
      lines += 1;
      rest = [];
      size = 0;
      start = at + 1;
    }
    const left = chunk.subarray(start);
    size += left.length;
    if (size > LINE_BYTES)
      throw badLine(name, lines + 1, "it is longer than any event");
    if (left.length > 0) rest.push(left);
  }
  if (size > 0)
    throw badLine(name, lines + 1, "the file ends too early, it was cut");
}

function badLine(name: string, line: number, why: string): RoundtableError {
  return new RoundtableError(
    "bad-log-file",
    `Line ${String(line)} of ${name} does not fit: ${why}.`,
    "Nothing was taken from it, and your own log is unchanged. Ask for the file anew, or export it again.",
  );
}
