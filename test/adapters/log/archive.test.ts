import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import {
  archiveMissions,
  type ArchiveStep,
  type Retention,
} from "../../../src/adapters/log/archive.ts";
import { checkAll } from "../../../src/adapters/log/checkLog.ts";
import { readLog } from "../../../src/adapters/log/readLog.ts";
import { restoreMission } from "../../../src/adapters/log/restore.ts";
import { fromShelf } from "../../../src/adapters/log/shelf.ts";
import type { SqliteLog } from "../../../src/adapters/log/sqliteLog.ts";
import { keepTidy } from "../../../src/adapters/log/tidy.ts";
import type { Clock } from "../../../src/ports.ts";
import { HUB_STREAM } from "../../../src/protocol/event.ts";
import { note } from "../../contract/eventLog.ts";
import { logFile, opened, problem, tamper } from "./fixture.ts";
import { asked, opening, wholeMission } from "./missions.ts";

const DAY = 86_400_000;

/** A clock that stands where the test puts it; waiting is over when the test says so. */
function handClock(now: number) {
  const waiting: (() => void)[] = [];
  const clock: Clock = {
    now: () => hand.now,
    after: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) reject(signal.reason as Error);
        hand.waits.push(ms);
        waiting.push(resolve);
        signal?.addEventListener("abort", () => {
          reject(signal.reason as Error);
        });
      }),
  };
  const hand = {
    now,
    waits: [] as number[],
    clock,
    ring: () => {
      for (const go of waiting.splice(0)) go();
    },
  };
  return hand;
}

/** A log with closed missions m0, m1, … one day apart, the last of which ended now, and one that is open. */
async function aged(
  t: TestContext,
  days: number,
  size = 10,
): Promise<{ log: SqliteLog; file: string; clock: Clock }> {
  const file = logFile(t);
  const hand = handClock(0);
  const log = await opened(t, file, { clock: hand.clock });
  await log.append(opening("open", "Shall we?"));
  for (let day = 0; day < days; day += 1) {
    hand.now = day * DAY;
    await wholeMission(log, `m${String(day)}`, 4, size);
  }
  return { log, file, clock: hand.clock };
}

const archive = (
  log: SqliteLog,
  clock: Clock,
  keep: Partial<Retention>,
): Promise<readonly { readonly missionId: string }[]> =>
  archiveMissions(log, { keepDays: 0, keepMegabytes: 0, ...keep }, { clock });

async function soundness(file: string): Promise<readonly string[]> {
  const reader = readLog(file);
  try {
    return (await checkAll(reader)).problems;
  } finally {
    await reader.dispose();
  }
}

describe("archiving", () => {
  it("moves closed missions older than the limit to files, the oldest first, and leaves all others", async (t) => {
    const { log, file, clock } = await aged(t, 5);
    const before = log.mission("m1");
    const done = await archive(log, clock, { keepDays: 2.5 });
    assert.deepEqual(
      done.map(({ missionId }) => missionId),
      ["m0", "m1"],
    );
    assert.deepEqual(log.missions(), ["open", "m2", "m3", "m4"]);
    assert.deepEqual(await fromShelf(file, "m1"), before);
    assert.deepEqual(
      log
        .mission(HUB_STREAM)
        .map(({ type, data }) => [type, "file" in data ? data.file : ""]),
      [
        ["MissionArchived", "m0.jsonl.gz"],
        ["MissionArchived", "m1.jsonl.gz"],
      ],
    );
    assert.deepEqual(log.verify(), []);
    assert.deepEqual(await soundness(file), []);
  });

  it("keeps everything unless told otherwise, and never touches what is open", async (t) => {
    const { log, clock } = await aged(t, 3);
    assert.deepEqual(await archive(log, clock, {}), []);
    await archive(log, clock, { keepDays: Number.EPSILON });
    assert.deepEqual(log.missions(), ["open", "m2"], "m2 ended just now");
  });

  it("brings the log below a size, and gives the pages back to the disk", async (t) => {
    const { log, file, clock } = await aged(t, 8, 120_000);
    const live = (): number =>
      log.keeping().read((db) => {
        const number = (name: string) =>
          Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
        return number("page_count") * number("page_size");
      });
    assert.ok(live() > 3 * 2 ** 20);
    const done = await archive(log, clock, { keepMegabytes: 2 });
    assert.deepEqual(
      done.slice(0, 2).map(({ missionId }) => missionId),
      ["m0", "m1"],
    );
    assert.ok(done.length < 8, "only as many as need be");
    await archive(log, clock, { keepMegabytes: 0.001 });
    assert.deepEqual(
      log.missions(),
      ["open", "m7"],
      "size alone does not move what has only just ended",
    );
    assert.ok(live() <= 2 * 2 ** 20 + 64 * 4096);
    await log.dispose();
    assert.ok(statSync(file).size <= 2 * 2 ** 20 + 64 * 4096);
  });

  it("does not let anything be done a second time: a message of an archived mission is refused", async (t) => {
    const { log, clock } = await aged(t, 2);
    await archive(log, clock, { keepDays: 0.5 });
    await assert.rejects(
      log.append(asked("m0", "first")),
      problem("log-archived"),
    );
    await assert.rejects(
      log.append(asked("m0", "another")),
      problem("log-archived"),
    );
    await assert.doesNotReject(log.append(asked("m1", "first")));
    assert.equal(log.find("m1", "first")?.type, "MessageSent");
  });

  it("takes nothing away that came after the file was written", async (t) => {
    const { log, file, clock } = await aged(t, 2);
    let late: Promise<unknown> | undefined;
    await assert.rejects(
      archiveMissions(
        log,
        { keepDays: 0.5, keepMegabytes: 0 },
        {
          clock,
          onStep: (step: ArchiveStep) => {
            if (step === "written") late = log.append(note("m0", "one more"));
          },
        },
      ),
      problem("log-archived"),
    );
    await late;
    assert.equal(log.mission("m0").length, 8);
    assert.deepEqual(await soundness(file), []);
    await archive(log, clock, { keepDays: 0.5 });
    assert.equal((await fromShelf(file, "m0"))?.length, 8);
  });

  it("takes nothing away whose file, read back, is not what was stored", async (t) => {
    const { log, file, clock } = await aged(t, 2);
    const events = (): unknown =>
      log
        .keeping()
        .read((db) =>
          db
            .prepare("SELECT COUNT(*) AS n FROM events WHERE mission = 'm0'")
            .get(),
        )?.["n"];
    const before = events();
    tamper(
      file,
      "UPDATE events SET body = replace(body, 'One', 'Ten') WHERE mission = 'm0'",
    );
    await assert.rejects(
      archive(log, clock, { keepDays: 0.5 }),
      problem("bad-log-file"),
    );
    assert.equal(events(), before);
    assert.deepEqual(readdirSync(join(dirname(file), "archive")), []);
  });

  for (const step of ["written", "recorded", "givenBack"] as const)
    it(`killed after the step “${step}”, has lost and doubled nothing`, async (t) => {
      const file = logFile(t);
      const log = await opened(t, file);
      await wholeMission(log, "m0");
      await wholeMission(log, "m1");
      const events = log.mission("m0");
      await log.dispose();
      const child = fileURLToPath(import.meta.resolve("./archiveChild.ts"));
      const { signal } = spawnSync(process.execPath, [child, file, step]);
      assert.equal(signal, "SIGKILL");

      const again = await opened(t, file);
      const kept = again.mission("m0");
      const gone = kept.length === 0;
      assert.equal(gone, step !== "written");
      assert.deepEqual(gone ? await fromShelf(file, "m0") : kept, events);
      assert.deepEqual(await soundness(file), []);
      assert.deepEqual(again.verify(), []);
      await archive(again, systemClock, { keepDays: Number.EPSILON });
      assert.deepEqual(again.missions(), []);
      assert.deepEqual(await fromShelf(file, "m0"), events);
      assert.deepEqual(await soundness(file), []);
      assert.deepEqual(readdirSync(join(dirname(file), "archive")).sort(), [
        "m0.jsonl.gz",
        "m1.jsonl.gz",
      ]);
    });

  it("is told of when the archive is lost or changed", async (t) => {
    const { log, file, clock } = await aged(t, 3);
    await archive(log, clock, { keepDays: 0.5 });
    const path = join(dirname(file), "archive", "m0.jsonl.gz");
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, -9));
    assert.match((await soundness(file)).join(), /m0\.jsonl\.gz cannot be/);
    writeFileSync(path, readFileSync(path.replace("m0", "m1")));
    assert.match((await soundness(file)).join(), /m0 was archived, and its/);
  });
});

describe("restoring", () => {
  it("puts a mission back at its old places, with its hashes and its keys", async (t) => {
    const { log, file, clock } = await aged(t, 2);
    const events = log.mission("m0");
    await archive(log, clock, { keepDays: 0.5 });
    const path = join(dirname(file), "archive", "m0.jsonl.gz");
    assert.deepEqual(await restoreMission(log, path), {
      missionId: "m0",
      events: 7,
    });
    assert.deepEqual(log.mission("m0"), events);
    assert.equal(existsSync(path), false);
    assert.deepEqual(log.verify(), []);
    assert.deepEqual(await soundness(file), []);
    const head = log.head();
    assert.equal((await log.append(asked("m0", "first"))).seq, 3);
    assert.equal(log.head(), head, "its key is known again");
    assert.equal(log.opened({ limit: 9 }).length, 3, "and it is listed again");
    await archive(log, clock, { keepDays: 0.5 });
    assert.deepEqual(await fromShelf(file, "m0"), events);
  });

  it("refuses what this log has not archived, and what is damaged", async (t) => {
    const { log, clock, file } = await aged(t, 2);
    const other = await aged(t, 2);
    await archive(log, clock, { keepDays: 0.5 });
    await archive(other.log, other.clock, { keepDays: 0.5 });
    const path = join(dirname(file), "archive", "m0.jsonl.gz");
    writeFileSync(path, readFileSync(path).subarray(0, 100));
    await assert.rejects(restoreMission(log, path), problem("bad-log-file"));
    const theirs = join(dirname(other.file), "archive", "m0.jsonl.gz");
    await log.append(note("m9", "so that the next one differs"));
    await wholeMission(log, "m7");
    await archive(log, clock, { keepDays: Number.EPSILON });
    await restoreMission(other.log, theirs);
    writeFileSync(theirs, readFileSync(path));
    await assert.rejects(
      restoreMission(other.log, theirs),
      problem("bad-log-file"),
    );
    assert.deepEqual(log.missions().includes("m0"), false);
  });
});

describe("keeping the log tidy", () => {
  const textLog = {
    info: () => undefined,
    warn: (message: string) => {
      throw new Error(message);
    },
    error: () => undefined,
  };

  it("looks half a minute after the start and every hour, and ends with the app", async (t) => {
    const { log } = await aged(t, 3);
    const hand = handClock(10 * DAY);
    const tidy = keepTidy(
      log,
      { keepDays: 5, keepMegabytes: 0 },
      { clock: hand.clock, textLog },
    );
    assert.deepEqual(hand.waits, [30_000]);
    const archived = log.waitFor(
      HUB_STREAM,
      "MissionArchived",
      ({ data }) => data.missionId === "m2",
      t.signal,
    );
    hand.ring();
    await archived;
    await tidy.dispose();
    assert.deepEqual(log.missions(), ["open"]);
  });

  it("does nothing where everything is to be kept", async (t) => {
    const { log } = await aged(t, 1);
    const hand = handClock(10 * DAY);
    const tidy = keepTidy(
      log,
      { keepDays: 0, keepMegabytes: 0 },
      { clock: hand.clock, textLog },
    );
    assert.deepEqual(hand.waits, []);
    await tidy.dispose();
  });
});
