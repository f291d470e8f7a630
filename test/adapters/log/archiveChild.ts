/** A process of its own that archives every closed mission of FILE and is killed after STEP of the first one. */
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { archiveMissions } from "../../../src/adapters/log/archive.ts";
import { openLog } from "../../../src/adapters/log/openLog.ts";

const [file = "", step = ""] = process.argv.slice(2);
const log = await openLog({ file, clock: systemClock });
await archiveMissions(
  log,
  { keepDays: Number.EPSILON, keepMegabytes: 0 },
  {
    clock: systemClock,
    onStep: (done) => {
      if (done === step) process.kill(process.pid, "SIGKILL");
    },
  },
);
