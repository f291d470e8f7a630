import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { isProblem, type RoundtableError } from "../../core/errors.ts";
import type { Clock } from "../../ports.ts";
import { checkLog } from "./checkLog.ts";
import { markDamaged } from "./damage.ts";
import { openLog } from "./openLog.ts";
import { logMissing, readLog } from "./readLog.ts";

/**
 * Repairs a log that is not sound: the damaged file is set aside whole, what can be read goes on in a new one. Returns what was done, or
 * undefined when there was nothing to repair. Rejects with `log-busy` while another process writes it.
 */
export async function repairLog(
  path: string,
  clock: Clock,
): Promise<RoundtableError | undefined> {
  const file = resolve(path);
  if (!existsSync(file)) throw logMissing(file);
  let done: RoundtableError | undefined;
  const open = async (): Promise<void> => {
    const log = await openLog({
      file,
      clock,
      onProblem: (problem) => {
        done = problem;
      },
    });
    await log.dispose();
  };
  // Opening looks at the structure and the last events, and repairs what it finds.
  await open();
  if (done === undefined && !(await isWhole(file))) {
    markDamaged(file);
    await open();
  }
  return done;
}

async function isWhole(file: string): Promise<boolean> {
  try {
    const log = readLog(file);
    const { damaged } = checkLog(log);
    await log.dispose();
    return !damaged;
  } catch (error) {
    if (isProblem(error, "log-corrupt")) return false;
    throw error;
  }
}
