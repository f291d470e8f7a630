/** One review, as a person would start it, or its tools alone, which is faster and finds the same. */
import { execFile } from "node:child_process";
import path from "node:path";
import { openEvidence } from "../../../../src/adapters/evidence/openEvidence.ts";
import { openGit } from "../../../../src/adapters/git/openGit.ts";
import type { Evidence, Finding } from "../../../../src/protocol/consensus.ts";
import { ReviewReport } from "../../../../src/protocol/reviewReport.ts";
import { inRoot } from "../../../rig/project.ts";

/** What a review of one step found; `raisedBy` are tools, since no model is asked. */
export interface Found extends Pick<
  Finding,
  "path" | "line" | "severity" | "claim" | "rule"
> {
  readonly raisedBy: readonly string[];
}

/** A tool that could not say anything; left out it would look as if it had found nothing. */
export interface Silent {
  readonly tool: string;
  readonly summary: string;
}

/** Findings of a review, who could not speak, and the time it took. */
export interface Reviewed {
  readonly found: readonly Found[];
  readonly silent: readonly Silent[];
  readonly ms: number;
}

/** Where a review keeps what it writes. */
export interface Places {
  /** State of the program: log and written-out trees. */
  readonly home: string;
}

/** A review of what the last commit of a repository changed. Rejects when it could not be done. */
export type ReviewStep = (
  repository: string,
  places: Places,
) => Promise<Reviewed>;

/** Instead of the package's own checks, whose dependencies are not installed and whose scripts are nobody's we know. */
const CHECK = "node --version";
/** Time one review may take, ms: more than all its tools together may. */
const LIMIT_MS = 180_000;
const MOST_OUTPUT = 64 * 1024 * 1024;

/** Runs the built program. Whether it accepts is no matter here: it must print its document. */
export const reviewWithProgram: ReviewStep = async (repository, { home }) => {
  const startedAt = performance.now();
  const { findings, checks } = ReviewReport.parse(
    JSON.parse(await printedBy(repository, home)),
  );
  return {
    found: findings,
    silent: checks.filter(cannotSay),
    ms: performance.now() - startedAt,
  };
};

function printedBy(repository: string, home: string): Promise<string> {
  const review = ["review", "--repo", repository, "--json", "--check", CHECK];
  const range = ["--base", "HEAD~1", "--head", "HEAD"];
  const alone = ["--model", "none", "--approve", "auto"];
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [inRoot("dist", "cli.js"), ...review, ...range, ...alone],
      {
        env: { PATH: process.env["PATH"] ?? "", ROUNDTABLE_HOME: home },
        timeout: LIMIT_MS,
        maxBuffer: MOST_OUTPUT,
      },
      (error, stdout, stderr) => {
        // 1 is the answer of a review that blocks.
        if (error === null || error.code === 1) resolve(stdout);
        else
          reject(
            new Error(`${error.message.slice(0, 80)}: ${stderr.slice(-500)}`),
          );
      },
    );
  });
}

function cannotSay({ status }: Pick<Evidence, "status">): boolean {
  return status === "ERROR" || status === "NOT_RUN";
}

/** Gathers evidence in this process, from the sources, without log, hub and decision. */
export const reviewInProcess: ReviewStep = async (repository, { home }) => {
  const startedAt = performance.now();
  const textLog = {
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  };
  const git = openGit({ home: path.join(home, "trees"), textLog });
  const { change, diff } = await git.change(repository, "HEAD~1", "HEAD");
  const { signal } = new AbortController();
  const gathered = await openEvidence().gather(
    {
      repo: repository,
      dir: repository,
      change,
      diff,
      checks: [],
      reader: {
        files: () => git.files(repository, change.tree),
        texts: (side, paths) =>
          git.texts(
            repository,
            side === "base" ? change.baseTree : change.tree,
            paths,
          ),
        churn: (paths) => git.churn(repository, change.base, paths),
      },
    },
    () => Promise.resolve(undefined),
    signal,
  );
  return {
    found: gathered.flatMap(({ tool, status, findings }) =>
      status === "FAIL"
        ? findings.map((finding) => ({
            ...finding,
            raisedBy: [`tool:${tool}`],
          }))
        : [],
    ),
    silent: gathered.filter(cannotSay),
    ms: performance.now() - startedAt,
  };
};
