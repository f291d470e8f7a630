import type { Clock } from "../../ports.ts";
import type { LogDesk } from "../../ports/logDesk.ts";
import { isProblem } from "../../core/errors.ts";
import { backUpLog } from "./backUpLog.ts";
import { checkAll } from "./checkLog.ts";
import { exportToFile } from "./exportLog.ts";
import { importLog } from "./importLog.ts";
import type { LogReader } from "./readLog.ts";
import { readLog } from "./readLog.ts";
import { fromShelf, shelved } from "./shelf.ts";

/** The desk of the log `file`; nothing is opened before it is used, and nothing stays open. */
export function openDesk(file: string, clock: Clock): LogDesk {
  const withLog = async <R>(
    use: (log: LogReader) => R | Promise<R>,
  ): Promise<R> => {
    const log = readLog(file);
    try {
      return await use(log);
    } finally {
      await log.dispose();
    }
  };
  /** Nobody may have worked here yet. */
  const withLogOr = async <R>(
    nothing: R,
    use: (log: LogReader) => R | Promise<R>,
  ): Promise<R> => {
    try {
      return await withLog(use);
    } catch (error) {
      if (isProblem(error, "log-missing")) return nothing;
      throw error;
    }
  };

  return {
    shelved: async () => {
      const inLog = await withLogOr([], (log) => log.missions());
      const kept = await shelved(file);
      return kept.filter(({ missionId }) => !inLog.includes(missionId));
    },
    events: async (missionId) => {
      const own = await withLogOr([], (log) => log.mission(missionId));
      return own.length > 0 ? own : ((await fromShelf(file, missionId)) ?? []);
    },
    exportTo: (path, missionId) =>
      withLog((log) =>
        exportToFile(
          log,
          {
            at: clock.now(),
            replace: true,
            ...(missionId !== undefined && { missionId }),
          },
          path,
        ),
      ),
    importFrom: (path) =>
      withLogOr(undefined, (log) =>
        importLog(file, path, (missionId) => log.rows(missionId)),
      ).then((taken) => taken ?? importLog(file, path, () => [])),
    check: () => withLog(checkAll),
    backUp: (path) => backUpLog(file, path),
  };
}
