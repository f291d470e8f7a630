import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeSample } from "../world.ts";
import { toTheEnd } from "./mission.ts";
import { treesHome } from "./places.ts";
import { createPrinter } from "./print.ts";
import { openSession } from "./session.ts";
import { stderrLog } from "./stderrLog.ts";

/** Makes the sample repository and lets the team do the whole job on it with the scripted model; returns the exit code. */
export async function demo(options: {
  readonly json?: boolean;
}): Promise<number> {
  const json = options.json === true;
  const printer = createPrinter(json ? process.stderr : process.stdout);
  printer.line("Rehearsal: no model is called. A script answers the real SDK.");
  printer.line(
    "Hub, tools, worktrees, tests, votes and merge are the real thing.",
  );
  const parent = await mkdtemp(join(tmpdir(), "roundtable-demo-"));
  const repo = join(parent, "tea-shop");
  await mkdir(repo);
  const { goal } = await makeSample({
    dir: repo,
    trees: treesHome(),
    textLog: stderrLog(false),
  });
  printer.line(`Sample repository: ${repo}`);
  printer.line();
  const session = await openSession({ repo, model: "rehearsal", paceMs: 8 });
  const { git } = session.ports;
  try {
    const before = await git.inspect(repo);
    const { missionId } = await session.app.perform(
      { kind: "build", goal, repo, approve: "auto", model: "rehearsal" },
      "human",
    );
    if (missionId === null) return 2;
    const output = json ? "events" : "lines";
    const code = await toTheEnd(
      session,
      missionId,
      printer,
      output,
      async () => {
        const after = await git.inspect(repo);
        const { diff } = await git.change(repo, before.commit, after.commit);
        printer.heading("What was merged:");
        printer.diff(diff);
      },
    );
    printer.line(`Look: git -C "${repo}" log --graph --stat`);
    return code;
  } finally {
    await session.dispose();
  }
}
