import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { rowsIn } from "../../src/adapters/log/shelf.ts";
import { linesOf, partsOf } from "../../src/adapters/log/logFile.ts";
import { describe, headerOf } from "../../src/adapters/log/exportLog.ts";
import { fromRow, type Row } from "../../src/adapters/log/row.ts";
import { hashOf } from "../../src/adapters/log/seal.ts";
import { upcast } from "../../src/core/events.ts";
import { canonicalJson } from "../../src/core/json.ts";
import { replayOf } from "../../src/core/replay.ts";
import {
  EVENT_VERSION,
  EventData,
  type Recorded,
} from "../../src/protocol/event.ts";
import { inRoot } from "../rig/project.ts";
import { incompatibilities, type Words } from "./compatible.ts";
import { wordsNow } from "./words.ts";

const SCHEMA = inRoot("test/golden/event-schema-v1.json");
const LOG = inRoot("test/golden/log-v1.jsonl");

const released = JSON.parse(readFileSync(SCHEMA, "utf8")) as Words;

async function golden(): Promise<readonly Recorded[]> {
  return (await rowsIn(LOG)).map((row) => {
    const event = fromRow(row);
    assert.ok(event, `event ${String(row.seq)}`);
    return upcast(event);
  });
}

test("nothing has changed that a released version wrote or relies on", () => {
  assert.deepEqual(incompatibilities(released, wordsNow()), []);
});

test("the log of version 1 holds every event type that was released, and every one of them fits today's schema", async () => {
  const events = await golden();
  const types = new Set<string>(events.map(({ type }) => type));
  const frozen = Object.keys(released)
    .filter((name) => name.startsWith("event/"))
    .map((name) => name.slice("event/".length));
  assert.deepEqual(
    frozen.filter((type) => !types.has(type)),
    [],
  );
  for (const { type, data, seq } of events) {
    const parsed = EventData[type].safeParse(data);
    assert.ok(parsed.success, `${type}, event ${String(seq)}`);
    assert.equal(canonicalJson(parsed.data), canonicalJson(data));
  }
});

test("missions of version 1 can be read to their end", async () => {
  const events = await golden();
  const ends = [...Map.groupBy(events, ({ missionId }) => missionId)].flatMap(
    ([, own]) => replayOf(own)?.at(own.length).detail(1000) ?? [],
  );
  assert.deepEqual(
    ends.map(({ outcome, stage, attempt }) => [outcome?.kind, stage, attempt]),
    [
      ["merged", "merge", 2],
      ["answered", "planRuling", 1],
    ],
  );
  assert.ok(ends.every(({ said }) => said.total > 5));
});

/** The golden log, and after it two events of a later version that is still version 1. */
async function withLater(v: number): Promise<readonly Row[]> {
  const rows = (await rowsIn(LOG)).filter(
    ({ mission }) => mission === "01m0made0by0hand0000000000",
  );
  const last = rows.at(-1);
  assert.ok(last);
  const next = (
    before: { readonly hash: string; readonly seq: number },
    type: string,
    data: object,
  ): Row => {
    const seq = before.seq + 1;
    const body = canonicalJson({
      ...{ v, seq, at: 1, epoch: 1, prevHash: before.hash, by: "hub" },
      ...{ missionId: last.mission, type, data },
    });
    const hash = hashOf(body);
    return { seq, mission: last.mission, key: null, type, body, hash };
  };
  const unknown = next(last, "TeaServed", { cups: 5 });
  return [
    ...rows,
    unknown,
    next(unknown, "AgentLeft", { agentId: "qa", why: "tea", mood: "good" }),
  ];
}

test("members and event types of a later version are kept byte for byte, and shown as unknown", async () => {
  const rows = await withLater(EVENT_VERSION);
  const mission = describe(rows[0]?.mission ?? "", rows, "x");
  assert.ok(mission);
  const text = [...linesOf(headerOf("x", 1, [mission]), rows)].join("");
  const again: Row[] = [];
  for await (const part of partsOf(chunk(text), "x"))
    if (part.kind === "row") again.push(part.row);
  assert.deepEqual(again, rows);

  const events = again.flatMap((row) => fromRow(row) ?? []).map(upcast);
  const { said } = replayOf(events)?.at(events.length).detail(1) ?? {};
  assert.equal(
    said?.items[0]?.text,
    "Something this version does not know happened: `TeaServed`.",
  );
  assert.deepEqual(events.at(-1)?.data, {
    agentId: "qa",
    why: "tea",
    mood: "good",
  });
});

test("events of a later major version are refused with what to do", async () => {
  const event = fromRow((await withLater(EVENT_VERSION + 1)).at(-1) as Row);
  assert.ok(event);
  assert.throws(() => upcast(event), { code: "log-too-new" });
});

test("what was frozen is never changed", () => {
  const sum = (path: string): string =>
    createHash("sha256").update(readFileSync(path)).digest("hex");
  assert.deepEqual(
    [sum(SCHEMA), sum(LOG)],
    [
      "2baa9b4ab5614e6e19425341be88456d8167c60d3536f6c85fefffce52369457",
      "d21264b6b0fe36ab402717d93ad1a32f5c32c4e301d150fbb9f8359b51ef239e",
    ],
  );
});

async function* chunk(text: string): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}
