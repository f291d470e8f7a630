import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { exportToFile } from "../../../src/adapters/log/exportLog.ts";
import { importLog } from "../../../src/adapters/log/importLog.ts";
import { readLog } from "../../../src/adapters/log/readLog.ts";
import { fromShelf, shelved } from "../../../src/adapters/log/shelf.ts";
import { HUB_STREAM } from "../../../src/protocol/event.ts";
import { LogFileHeader } from "../../../src/protocol/logFile.ts";
import { logFile, opened, problem } from "./fixture.ts";
import { asked, closing, opening, wholeMission } from "./missions.ts";

/** A log with two missions whose events alternate, and facts about the hub; and what exporting it writes. */
async function exported(t: TestContext, missionId?: string) {
  const file = logFile(t);
  const log = await opened(t, file);
  for (const draft of [opening, (id: string) => asked(id, "q"), closing])
    await log.appendAll([
      draft("m1", "Shall we?"),
      { missionId: HUB_STREAM, type: "StopPulled", data: { by: "x" }, by: "x" },
      draft("m2", "And then?"),
    ]);
  const out = join(dirname(file), "out.jsonl");
  const reader = readLog(file);
  const done = await exportToFile(
    reader,
    { at: 5, replace: false, ...(missionId !== undefined && { missionId }) },
    out,
  );
  await reader.dispose();
  return { log, out, done, lines: readFileSync(out, "utf8").split("\n") };
}

/** Imports a file into a hub that has nothing yet. */
async function imported(t: TestContext, path: string, file = logFile(t)) {
  return { file, taken: await importLog(file, path, () => []) };
}

describe("exporting the log", () => {
  it("writes a header, every event of the missions as it is stored, and the sum of it all", async (t) => {
    const { log, done, lines } = await exported(t);
    assert.deepEqual(done, { missions: 2, events: 6 });
    const header = LogFileHeader.parse(JSON.parse(lines[0] ?? ""));
    assert.equal(header.events, 6);
    assert.match(header.hub, /^[0-9a-f]{16}$/);
    assert.deepEqual(
      header.missions.map(({ missionId, goal, events }) => [
        missionId,
        goal,
        events,
      ]),
      [
        ["m1", "Shall we?", 3],
        ["m2", "And then?", 3],
      ],
    );
    const events = lines.slice(1, 7).map((line) => JSON.parse(line) as unknown);
    assert.deepEqual(
      events,
      log.read({}).filter(({ missionId }) => missionId !== HUB_STREAM),
    );
    const sum = createHash("sha256")
      .update(`${lines.slice(0, 7).join("\n")}\n`)
      .digest("hex");
    assert.deepEqual(JSON.parse(lines[7] ?? ""), { events: 6, sha256: sum });
    assert.deepEqual(lines.slice(8), [""]);
  });

  it("of one mission has only its events, and of none there is no file", async (t) => {
    const { log, done, out } = await exported(t, "m2");
    assert.deepEqual(done, { missions: 1, events: 3 });
    const reader = readLog(log.place);
    t.after(() => reader.dispose());
    await assert.rejects(
      exportToFile(reader, { at: 1, replace: false }, out),
      problem("bad-intent"),
      "never over a file that is there",
    );
    const other = `${out}.other`;
    await assert.rejects(
      exportToFile(reader, { at: 1, replace: false, missionId: "?" }, other),
      problem("bad-intent"),
    );
    assert.deepEqual(
      readdirSync(dirname(out)).filter((name) => name.includes("out")),
      ["out.jsonl"],
    );
  });
});

describe("importing a log", () => {
  it("brings every event byte for byte, to be read and replayed; a second time changes nothing", async (t) => {
    const { log, out } = await exported(t);
    const { file, taken } = await imported(t, out);
    assert.deepEqual(
      taken.map(({ missionId, how }) => [missionId, how]),
      [
        ["m1", "new"],
        ["m2", "new"],
      ],
    );
    assert.deepEqual(await fromShelf(file, "m1"), log.mission("m1"));
    assert.deepEqual(
      (await shelved(file)).map(({ missionId, goal, shelf }) => [
        missionId,
        goal,
        shelf,
      ]),
      [
        ["m1", "Shall we?", "imported"],
        ["m2", "And then?", "imported"],
      ],
    );
    const again = await importLog(file, out, () => []);
    assert.deepEqual(
      again.map(({ how }) => how),
      ["here", "here"],
    );
    assert.equal(existsSync(file), false, "the log itself is not touched");
  });

  it("takes a mission that has gone on since, and keeps the longer copy when an older one comes", async (t) => {
    const file = logFile(t);
    const log = await opened(t, file);
    const copy = async (name: string): Promise<string> => {
      const reader = readLog(file);
      const path = join(dirname(file), name);
      await exportToFile(reader, { at: 1, replace: false }, path);
      await reader.dispose();
      return path;
    };
    await log.append(opening("m1", "Shall we?"));
    const early = await copy("early.jsonl");
    await log.append(closing("m1"));
    const late = await copy("late.jsonl");

    const { file: there } = await imported(t, early);
    const how = async (path: string) =>
      (await importLog(there, path, () => [])).map((one) => one.how);
    assert.deepEqual(await how(late), ["longer"]);
    assert.deepEqual(await how(early), ["here"]);
    assert.deepEqual(await fromShelf(there, "m1"), log.mission("m1"));
    const reader = readLog(file);
    t.after(() => reader.dispose());
    assert.deepEqual(
      (await importLog(file, early, (id) => reader.rows(id))).map(
        (one) => one.how,
      ),
      ["here"],
      "a copy of our own is nothing new",
    );
  });

  it("refuses a mission that is here with other events", async (t) => {
    const { out } = await exported(t, "m1");
    const { out: other } = await exported(t, "m1");
    const { file } = await imported(t, out);
    await assert.rejects(
      importLog(file, other, () => []),
      problem("bad-log-file"),
    );
    const own = logFile(t);
    await wholeMission(await opened(t, own), "m1");
    const reader = readLog(own);
    t.after(() => reader.dispose());
    await assert.rejects(
      importLog(own, other, (id) => reader.rows(id)),
      problem("bad-log-file"),
    );
    assert.deepEqual(await shelved(own), []);
  });

  it("takes a compressed file, and keeps what a name could do to a file system out of it", async (t) => {
    const file = logFile(t);
    const log = await opened(t, file);
    await log.append(opening("../../evil", "Shall we?"));
    const reader = readLog(file);
    const out = join(dirname(file), "out.jsonl");
    await exportToFile(reader, { at: 1, replace: false }, out);
    await reader.dispose();
    writeFileSync(`${out}.gz`, gzipSync(readFileSync(out)));
    const { file: there } = await imported(t, `${out}.gz`);
    const [name = ""] = readdirSync(join(dirname(there), "imported"));
    assert.match(name, /^x-[0-9a-f]{32}\.jsonl\.gz$/);
    assert.equal((await fromShelf(there, "../../evil"))?.length, 1);
    const kept = join(dirname(there), "imported", name);
    assert.equal(
      gunzipSync(readFileSync(kept)).toString(),
      readFileSync(out, "utf8"),
    );
  });

  const broken: readonly [
    string,
    (lines: string[]) => readonly string[],
    RegExp,
  ][] = [
    ["is empty", () => [""], /Line 1 .* cut/],
    ["is something else", () => ["{}", ""], /Line 1 .* not the header/],
    [
      "has a later format",
      (lines) => [
        (lines[0] ?? "").replace('"version":1', '"version":2'),
        ...lines.slice(1),
      ],
      /Line 1 .* version 2/,
    ],
    [
      "has a word changed",
      (lines) => lines.map((line) => line.replace("One", "Two")),
      /Line 4 .* hash/,
    ],
    [
      "lacks an event",
      (lines) => lines.filter((_, i) => i !== 3),
      /Line 5 .* does not follow/,
    ],
    [
      "has two events the other way round",
      (lines) => lines.with(1, lines[2] ?? "").with(2, lines[1] ?? ""),
      /Line 3 .* out of order/,
    ],
    [
      "has an event twice",
      (lines) => lines.toSpliced(2, 0, lines[1] ?? ""),
      /Line 3 .* out of order/,
    ],
    [
      "ends in the middle of a line",
      (lines) => [...lines.slice(0, 3), (lines[3] ?? "").slice(0, 50)],
      /Line 4 .* cut/,
    ],
    [
      "ends after an event",
      (lines) => [...lines.slice(0, 4), ""],
      /Line 5 .* cut/,
    ],
    [
      "lacks its last event",
      (lines) => lines.filter((_, i) => i !== 6),
      /Line 7 .* 5 events, not the 6/,
    ],
    [
      "says another sum",
      (lines) =>
        lines.with(7, (lines[7] ?? "").replace(/"sha256":"./, '"sha256":"_')),
      /Line 8 /,
    ],
    [
      "has a changed header",
      (lines) => lines.with(0, (lines[0] ?? "").replace('"at":5', '"at":6')),
      /Line 8 .* sum/,
    ],
    [
      "goes on after its end",
      (lines) => [...lines.slice(0, 8), lines[7] ?? "", ""],
      /Line 9 .* after the end/,
    ],
    ["is no text", () => ["\ud800".repeat(3), ""], /Line 1 /],
  ];
  for (const [what, change, why] of broken)
    it(`refuses a file that ${what}, names the line, and takes nothing`, async (t) => {
      const { out, lines } = await exported(t);
      writeFileSync(out, change([...lines]).join("\n"));
      const file = logFile(t);
      await assert.rejects(
        importLog(file, out, () => []),
        (error) => {
          problem("bad-log-file")(error);
          assert.match((error as Error).message, why);
          return true;
        },
      );
      assert.deepEqual(readdirSync(dirname(file)), []);
    });

  it("refuses a compressed file that was cut", async (t) => {
    const { out } = await exported(t);
    const packed = gzipSync(readFileSync(out));
    writeFileSync(out, packed.subarray(0, packed.length - 20));
    await assert.rejects(imported(t, out), problem("bad-log-file"));
  });
});
