import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { SAMPLE_FILES } from "../../src/adapters/rehearsal/sample.ts";
import { run } from "./project.ts";

/** A folder to open in an editor; `remove` deletes it. */
export interface SampleWorkspace {
  readonly folder: string;
  readonly remove: () => Promise<void>;
}

/** Makes the sample repository, with one commit, in a temporary folder. Throws when git is missing. */
export async function makeSampleWorkspace(): Promise<SampleWorkspace> {
  const folder = await realpath(
    await mkdtemp(path.join(tmpdir(), "roundtable sample ")),
  );
  for (const [name, content] of Object.entries(SAMPLE_FILES)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  await git(folder, "init", "--quiet", "--initial-branch=main");
  await git(folder, "config", "user.name", "Sample");
  await git(folder, "config", "user.email", "sample@localhost");
  await git(folder, "add", ".");
  await git(folder, "commit", "--quiet", "--message", "Open the shop");
  return {
    folder,
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

async function git(cwd: string, ...args: readonly string[]): Promise<void> {
  const { code, output } = await run("git", args, { cwd }).catch(
    (cause: unknown) => {
      throw new Error("git did not start. Install git and run this again.", {
        cause,
      });
    },
  );
  if (code !== 0) throw new Error(`git ${args.join(" ")}: ${output}`);
}
