/** A change in a real repository, as the mission hands it to the evidence tools. */
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { openEvidence } from "../../../src/adapters/evidence/openEvidence.ts";
import type { EvidenceTool } from "../../../src/adapters/evidence/tool.ts";
import { runProcess } from "../../../src/adapters/sandbox/runProcess.ts";
import type { EvidenceInput, RunCheck } from "../../../src/ports.ts";
import type { Evidence } from "../../../src/protocol/consensus.ts";
import { inRoot } from "../../rig/project.ts";
import { temporaryRepo, type TemporaryRepo } from "../git/temporaryRepo.ts";

/** A repository with one commit, and what has to be said of the next. */
export interface ChangedRepo extends Disposable {
  readonly repo: TemporaryRepo;
  /** Commits what is in the folder now, and says what is to be looked at: all since the first commit, or since `base`. */
  input(
    checks?: EvidenceInput["checks"],
    base?: string,
  ): Promise<EvidenceInput>;
  /** Evidence of these tools by id. */
  gather(
    tools: readonly EvidenceTool[],
    options?: {
      readonly run?: RunCheck;
      readonly seconds?: number;
      readonly checks?: EvidenceInput["checks"];
      readonly base?: string;
    },
  ): Promise<Readonly<Record<string, Evidence>>>;
}

/** Runs a command as it is, with no one to ask. */
export const runPlainly: RunCheck = async (argv, cwd, signal, limitMs) => ({
  ...(await runProcess(
    {
      argv,
      cwd,
      env: {
        PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
      },
      timeoutMs: limitMs ?? 60_000,
    },
    signal,
  )),
  sandboxed: false,
});

/** A repository that holds `before` and then, uncommitted, `after`; null takes a file away. `packages` of ours are in its node_modules. */
export function changedRepo(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string | null>>,
  packages: readonly string[] = [],
): ChangedRepo {
  const repo = temporaryRepo({ ".gitignore": "node_modules\n", ...before });
  const first = repo.run(["rev-parse", "HEAD"]).trim();
  for (const [path, text] of Object.entries(after))
    if (text === null) rmSync(join(repo.root, path));
    else repo.write(path, text);
  for (const name of packages) {
    const link = join(repo.root, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(inRoot("node_modules", name), link, "junction");
  }
  const input: ChangedRepo["input"] = async (checks = [], base = first) => {
    const { git, root } = repo;
    const head = repo.commit("next");
    const { change, diff } = await git.change(root, base, head);
    const side = { base: change.baseTree, head: change.tree };
    return {
      repo: root,
      dir: await git.checkout(root, change.tree, "head"),
      change,
      diff,
      checks,
      reader: {
        files: () => git.files(root, change.tree),
        texts: (of, paths) => git.texts(root, side[of], paths),
        churn: (paths) => git.churn(root, change.base, paths),
      },
      baseDir: () => git.checkout(root, change.baseTree, "base"),
    };
  };
  return {
    repo,
    input,
    gather: async (tools, { run = runPlainly, seconds, checks, base } = {}) => {
      const all = await openEvidence({
        tools,
        ...(seconds === undefined ? {} : { seconds }),
      }).gather(await input(checks, base), run, new AbortController().signal);
      return Object.fromEntries(all.map((one) => [one.id, one]));
    },
    [Symbol.dispose]: () => {
      repo[Symbol.dispose]();
    },
  };
}
