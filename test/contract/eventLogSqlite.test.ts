import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../src/adapters/log/openLog.ts";
import { eventLogContract } from "./eventLog.ts";

const dir = mkdtempSync(join(tmpdir(), "roundtable-log-"));
after(() => {
  rmSync(dir, { recursive: true });
});
const clock = { ...systemClock, now: () => 1_000_000 };
let logs = 0;
const open = (exclusive: boolean) =>
  openLog({ file: join(dir, `${String((logs += 1))}.db`), clock, exclusive });

eventLogContract("in SQLite", 1_000_000, () => open(false));
eventLogContract("in SQLite held exclusively", 1_000_000, () => open(true));
