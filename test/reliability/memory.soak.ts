/** A hub with its log on disk through 1.7 million events: a day of work, of which an hour is the 24th part. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../src/adapters/log/openLog.ts";
import type { Draft } from "../../src/protocol/event.ts";
import { closing, opening } from "../adapters/log/missions.ts";
import { note } from "../contract/eventLog.ts";
import { quietHub } from "../hub/table.ts";

const EVENTS = 1_700_000;
/** A working day of a table is 24 of them. */
const HOURS = 24;
const SAMPLES = 240;
/** Code gets warm and caches fill: not counted. */
const WARM_UP = 0.25;
const MOST_MB_PER_HOUR = 1;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** A mission from its opening to its end, with four tasks in it: 24 events. */
function mission(id: string): readonly Draft[] {
  const tasks = Array.from({ length: 4 }, (_, n) => `${id}-${String(n)}`);
  return [
    opening(id, "Shall we?"),
    ...tasks.flatMap((taskId): readonly Draft[] => {
      const of = { missionId: id, by: "dev" };
      return [
        {
          ...{ missionId: id, by: "client", key: taskId },
          type: "TaskSubmitted",
          data: {
            taskId,
            contextId: id,
            agentId: "dev",
            from: "client",
            message: {
              messageId: taskId,
              role: "ROLE_USER",
              parts: [{ text: "go" }],
            },
          },
        },
        {
          ...of,
          type: "TaskStatusChanged",
          data: { taskId, status: { state: "TASK_STATE_WORKING" } },
        },
        {
          ...of,
          type: "TaskArtifactAdded",
          data: {
            taskId,
            artifact: { artifactId: "a", parts: [{ text: "x".repeat(200) }] },
            append: false,
          },
        },
        note(id, "x".repeat(200)),
        {
          ...of,
          type: "TaskStatusChanged",
          data: { taskId, status: { state: "TASK_STATE_COMPLETED" } },
        },
      ];
    }),
    note(id, "one"),
    note(id, "two"),
    closing(id),
  ];
}

/** Slope of the line with the least squares through the points. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: 0 | 1): number =>
    points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const over = points.reduce((sum, [px, py]) => sum + (px - x) * (py - y), 0);
  return over / points.reduce((sum, [px]) => sum + (px - x) ** 2, 0);
}

describe("the memory of a hub", () => {
  it(`grows by at most ${String(MOST_MB_PER_HOUR)} MB in the ${String(HOURS)}th part of ${String(EVENTS)} events`, async (t) => {
    const dir = mkdtempSync(join(tmpdir(), "roundtable-memory-"));
    const log = await openLog({
      file: join(dir, "log.db"),
      clock: systemClock,
    });
    const hub = quietHub(log);
    let followed = 0;
    log.subscribe((events) => {
      followed += events.length;
    });
    const points: (readonly [hours: number, mb: number])[] = [];
    try {
      for (let n = 0; log.head() < EVENTS; n += 1) {
        const batch = [0, 1, 2, 3].flatMap((i) =>
          mission(`m-${String(n)}-${String(i)}`),
        );
        await log.appendAll(batch);
        log.task(`m-${String(n)}-0-3`);
        if (n % 50 === 0) log.tasks({ limit: 50 });
        if (n % 50 === 0) log.opened({ limit: 50 });
        if (log.head() < (points.length * EVENTS) / SAMPLES) continue;
        collect();
        const { rss } = process.memoryUsage();
        points.push([(log.head() / EVENTS) * HOURS, rss / 2 ** 20]);
      }
      assert.equal(followed, log.head());
    } finally {
      await hub.dispose();
      await log.dispose();
      rmSync(dir, { recursive: true });
    }
    const counted = points.slice(Math.floor(points.length * WARM_UP));
    const perHour = slope(counted);
    const last = counted.at(-1)?.[1] ?? 0;
    t.diagnostic(
      `${perHour.toFixed(3)} MB an equivalent hour; ${(counted[0]?.[1] ?? 0).toFixed(0)} MB after warm-up, ${last.toFixed(0)} MB at the end`,
    );
    assert.ok(perHour <= MOST_MB_PER_HOUR, `${String(perHour)} MB an hour`);
  });
});
