/** A fresh process that opens the log `FILE`, brings hub and views up and gives the first answers; prints what it took. */
import { performance } from "node:perf_hooks";
import { sha256 } from "../../../src/adapters/clock/sha256.ts";
import { systemChance } from "../../../src/adapters/clock/systemChance.ts";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../../src/adapters/log/openLog.ts";
import { followLog } from "../../../src/app/views.ts";
import { snapshotOf } from "../../../src/app/show.ts";
import { createHub } from "../../../src/hub/hub.ts";
import { foldTasks } from "../../../src/hub/tasks.ts";

const [file = "", taskId = ""] = process.argv.slice(2);
const quiet = { info() {}, warn() {}, error() {} };

const start = performance.now();
const log = await openLog({ file, clock: systemClock });
const opened = performance.now();
const views = followLog(log);
const hub = createHub({
  log,
  clock: systemClock,
  chance: systemChance(systemClock),
  hash: sha256,
  textLog: quiet,
  name: "bench",
});
const { missions } = snapshotOf(views, "none", null);
const task = foldTasks(log).task(taskId);
const ms = performance.now() - start;
if (missions.length === 0 || task?.status.state !== "TASK_STATE_COMPLETED")
  throw new Error("the log does not hold what was asked for");
process.stdout.write(
  `${JSON.stringify({ ms, openMs: opened - start, rssMb: process.memoryUsage.rss() / 2 ** 20 })}\n`,
);
await hub.dispose();
views.dispose();
await log.dispose();
