import assert from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname } from "node:path";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { sha256 } from "../../../src/adapters/clock/sha256.ts";
import { isProblem } from "../../../src/core/errors.ts";
import { canonicalJson } from "../../../src/core/json.ts";
import { note, textOf } from "../../contract/eventLog.ts";
import {
  logFile,
  opened,
  openedWithProblems,
  problem,
  tamper,
} from "./fixture.ts";

const EVENTS = 2000;

/** A closed log with 2,000 events in two missions. */
async function filled(t: TestContext): Promise<string> {
  const file = logFile(t);
  const log = await opened(t, file);
  await log.appendAll(
    Array.from({ length: EVENTS }, (_, i) =>
      note(i % 2 === 0 ? "even" : "odd", `text ${String(i)}`),
    ),
  );
  await log.dispose();
  return file;
}

describe("a damaged log", () => {
  it("that is no database at all is set aside and a fresh one started", async (t) => {
    const file = await filled(t);
    writeFileSync(file, "this is not a database".repeat(1000));
    const { log, problems } = await openedWithProblems(t, file);
    assert.equal(problems.length, 1);
    assert.ok(isProblem(problems[0], "log-corrupt"));
    assert.match(problems[0].next, /log\.db\.corrupt-1/);
    assert.match(problems[0].message, /\b0 events/);
    assert.match(
      readFileSync(`${file}.corrupt-1`, "utf8"),
      /^this is not a database/,
    );
    assert.equal((await log.append(note("m1", "goes on"))).seq, 1);
    assert.ok(log.epoch > 1, "the epoch grows although the file was lost");
  });

  it("with broken pages keeps what is readable before and after them, and opens soundly the next time", async (t) => {
    const file = await filled(t);
    const bytes = readFileSync(file);
    const middle = Math.floor(bytes.length / 4096 / 2) * 4096;
    bytes.fill(0xff, middle, middle + 3 * 4096);
    writeFileSync(file, bytes);

    const { log, problems } = await openedWithProblems(t, file);
    const saved = Number(
      /(\d+) events/.exec(problems[0]?.message ?? "")?.[1] ?? -1,
    );
    const all = [...log.mission("even"), ...log.mission("odd")];
    assert.equal(all.length, saved);
    assert.ok(saved > EVENTS / 4 && saved < EVENTS, `saved ${String(saved)}`);
    for (const event of all)
      assert.equal(textOf(event), `text ${String(event.seq - 1)}`);
    assert.ok(log.verify().length > 0, "the gap stays visible");
    const next = await log.append(note("even", "goes on"));
    assert.equal(next.seq, log.head());
    await log.dispose();

    const again = await openedWithProblems(t, file);
    assert.deepEqual(again.problems, []);
    assert.equal(again.log.head(), next.seq);
  });

  it("cut in half opens with what is left", async (t) => {
    const file = await filled(t);
    truncateSync(file, Math.floor(readFileSync(file).length / 2));
    const { log, problems } = await openedWithProblems(t, file);
    assert.equal(problems.length, 1);
    await log.append(note("m1", "goes on"));
  });

  it("with a changed text in its last events is repaired at the start", async (t) => {
    const file = await filled(t);
    tamper(
      file,
      `UPDATE events SET body = replace(body, 'text', 'lies') WHERE seq = ${String(EVENTS - 5)}`,
    );
    const { log, problems } = await openedWithProblems(t, file);
    assert.equal(problems.length, 1);
    assert.equal(log.head(), EVENTS);
    assert.equal(
      log.mission("even").length + log.mission("odd").length,
      EVENTS - 1,
    );
  });

  it("whose writer died is looked at more closely, as far back as a bounded start allows", async (t) => {
    const file = logFile(t);
    const log = await opened(t, file);
    await log.appendAll(
      Array.from({ length: EVENTS }, (_, i) => note("even", String(i))),
    );
    const left = logFile(t);
    for (const part of ["", "-wal"]) copyFileSync(file + part, left + part);
    tamper(left, "UPDATE events SET body = 'lies' WHERE seq = 500");
    const { log: repaired, problems } = await openedWithProblems(t, left);
    assert.equal(problems.length, 1);
    assert.equal(repaired.mission("even").length, EVENTS - 1);
  });

  it("with an older changed text never serves it, and repairs itself with the next start", async (t) => {
    const file = await filled(t);
    tamper(
      file,
      "UPDATE events SET body = replace(body, 'text', 'lies') WHERE seq = 3",
    );
    const first = await openedWithProblems(t, file);
    assert.deepEqual(first.problems, []);
    assert.deepEqual(first.log.verify(), [{ missionId: "even", seq: 3 }]);
    assert.equal(first.log.mission("odd").length, EVENTS / 2);
    assert.throws(() => first.log.mission("even"), problem("log-corrupt"));
    await first.log.dispose();

    const second = await openedWithProblems(t, file);
    assert.equal(second.problems.length, 1);
    assert.equal(second.log.mission("even").length, EVENTS / 2 - 1);
    await second.log.dispose();
    assert.deepEqual((await openedWithProblems(t, file)).problems, []);
  });

  it("is found by the chain when an event was changed with its hash, moved, or taken out", async (t) => {
    const file = await filled(t);
    const log = await opened(t, file);
    const [event] = log.read({ after: 6, limit: 1 });
    await log.dispose();
    assert.ok(event?.type === "AgentLeft");
    const { hash: _, ...forged } = {
      ...event,
      data: { ...event.data, why: "forged" },
    };
    const body = canonicalJson(forged);
    tamper(
      file,
      `UPDATE events SET body = '${body}', hash = '${sha256(body)}' WHERE seq = 7;
       UPDATE events SET mission = 'even' WHERE seq = 20;
       DELETE FROM events WHERE seq = 40;`,
    );
    const broken = (await opened(t, file)).verify();
    assert.deepEqual(
      [...broken].sort((a, b) => a.seq - b.seq),
      [
        // The forged event itself is whole; the next one of its mission names another hash.
        { missionId: "even", seq: 9 },
        { missionId: "odd", seq: 22 },
        { missionId: "", seq: 40 },
      ],
    );
  });

  it("keeps its tasks through a repair, by what is left of their events", async (t) => {
    const file = logFile(t);
    const log = await opened(t, file);
    for (const taskId of ["t1", "t2"]) {
      await log.append({
        missionId: taskId,
        type: "TaskSubmitted",
        data: {
          taskId,
          contextId: taskId,
          agentId: "dev",
          from: "client",
          message: {
            messageId: "m",
            role: "ROLE_USER",
            parts: [{ text: "go" }],
          },
        },
        by: "client",
      });
      await log.append({
        missionId: taskId,
        type: "TaskStatusChanged",
        data: { taskId, status: { state: "TASK_STATE_COMPLETED" } },
        by: "dev",
      });
    }
    await log.dispose();
    tamper(file, "UPDATE events SET body = 'x' WHERE seq = 4");
    const { log: repaired, problems } = await openedWithProblems(t, file);
    assert.equal(problems.length, 1);
    assert.equal(repaired.task("t1")?.state, "TASK_STATE_COMPLETED");
    assert.equal(repaired.task("t2")?.state, "TASK_STATE_SUBMITTED");
    assert.equal(repaired.read({ taskId: "t1" }).length, 2);
  });

  it("with an event under another task's name never serves it there", async (t) => {
    const file = await filled(t);
    tamper(file, "UPDATE events SET task = 't1' WHERE seq = 3");
    const log = await opened(t, file);
    assert.throws(() => log.read({ taskId: "t1" }), problem("log-corrupt"));
  });

  it("whose repair was cut short by a crash is repaired to the end, whichever step was last", async (t) => {
    for (const step of ["rebuilding", "rebuilt", "aside"]) {
      const file = await filled(t);
      if (step === "rebuilding")
        writeFileSync(`${file}.rebuilding`, "half a file");
      else copyFileSync(file, `${file}.rebuilt`);
      if (step === "aside") renameSync(file, `${file}.corrupt-1`);
      const log = await opened(t, file);
      assert.equal(log.head(), EVENTS, step);
      assert.ok(!existsSync(`${file}.rebuilt`));
      assert.ok(!existsSync(`${file}.rebuilding`));
      await log.dispose();
    }
  });

  it("keeps every damaged file under a name of its own", async (t) => {
    const file = logFile(t);
    for (let i = 0; i < 3; i += 1) {
      writeFileSync(file, `garbage ${String(i)} `.repeat(500));
      const { log, problems } = await openedWithProblems(t, file);
      assert.equal(problems.length, 1);
      await log.dispose();
    }
    const names = readdirSync(dirname(file)).filter((name) =>
      name.startsWith(`${basename(file)}.corrupt-`),
    );
    assert.deepEqual(names.sort(), [
      "log.db.corrupt-1",
      "log.db.corrupt-2",
      "log.db.corrupt-3",
    ]);
  });

  it("a damaged lock file is no obstacle", async (t) => {
    const file = await filled(t);
    writeFileSync(`${file}.lock`, "garbage ".repeat(1000));
    const log = await opened(t, file);
    assert.equal(log.head(), EVENTS);
    assert.ok(log.epoch > 1);
  });
});
