import { makeSample } from "../world.ts";
import { mkdtemp, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SAMPLE_FILES, SAMPLE_GOAL } from "../adapters/rehearsal/sample.ts";
import { openGit } from "../adapters/git/openGit.ts";
import { toTheEnd } from "./mission.ts";
import { treesHome } from "./places.ts";
import { createPrinter } from "./print.ts";
import { openSession } from "./session.ts";
import { stderrLog } from "./stderrLog.ts";

/** Makes the sample repository and lets the team do the whole job on it with the scripted model; returns the exit code. */
export async function demo(options: {
  readonly json?: boolean;
}): Promise<number> {
  const printer = createPrinter(
    options.json === true ? process.stderr : process.stdout,
  );
  printer.line(
    "Rehearsal: no model is called. A scripted stand-in answers the real SDK; hub, tools, worktrees, tests, votes and merge are the real thing.",
  );
  const repo = join(
    await mkdtemp(join(tmpdir(), "roundtable-demo-")),
    "parcel",
  );
  await mkdir(repo);
  const { goal } = await makeSample({
    dir: repo,
    trees: treesHome(),
    textLog: stderrLog(false),
  });
  printer.line(`Sample repository: ${repo}`);
  const session = await openSession({ repo, model: "rehearsal", paceMs: 8 });
  try {
    const before = await session.ports.git.inspect(repo);
    const { missionId } = await session.app.perform(
      {
        kind: "build",
        goal,
        repo,
        approve: "auto",
        model: "rehearsal",
      },
      "human",
    );
    if (missionId === null) return 2;
    const code = await toTheEnd(session, missionId, printer, {
      approve: "auto",
      ...options,
    });
    const after = await session.ports.git.inspect(repo);
    const { diff } = await session.ports.git.change(
      repo,
      before.commit,
      after.commit,
    );
    printer.heading("What was merged:");
    printer.line(diff);
    printer.line(`Look around: git -C "${repo}" log --graph --stat`);
    return code;
  } finally {
    await session.dispose();
  }
}
