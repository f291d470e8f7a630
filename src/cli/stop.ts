import { openSession } from "./session.ts";

/** Flags of `roundtable stop`. */
export interface StopOptions {
  readonly repo: string;
  readonly mission: string;
}

/** Ends a mission for good and takes away the worktrees and branches it made; returns the exit code. */
export async function stop(options: StopOptions): Promise<number> {
  const session = await openSession({ repo: options.repo });
  const missionId = options.mission;
  try {
    await session.app.perform({ kind: "stop", missionId }, "human");
    const outcome = session.app.detail(missionId)?.outcome;
    process.stdout.write(`${outcome?.summary ?? "Stopped."}\n`);
    return 0;
  } finally {
    await session.dispose();
  }
}
