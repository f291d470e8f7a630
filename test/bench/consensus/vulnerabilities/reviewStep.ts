/** One review, as a person would start it, or its tools alone, which is faster and finds the same. */
import path from "node:path";
import { openEvidence } from "../../../../src/adapters/evidence/openEvidence.ts";
import { openGit } from "../../../../src/adapters/git/openGit.ts";
import type { Finding } from "../../../../src/protocol/consensus.ts";
import { ReviewReport } from "../../../../src/protocol/reviewReport.ts";
import { inRoot, runNode } from "../../../rig/project.ts";

/** What a review of one step found; `raisedBy` are tools, since no model is asked. */
export interface Found extends Pick<
  Finding,
  "path" | "line" | "severity" | "claim" | "rule"
> {
  readonly raisedBy: readonly string[];
}

/** Findings of a review, and the tools that could not say anything: with those left out it would look as if they had found nothing. */
export interface Reviewed {
  readonly found: readonly Found[];
  readonly silent: readonly string[];
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

/** Runs the built program. Whether it accepts is no matter here: it must print its document. */
export const reviewWithProgram: ReviewStep = async (repository, { home }) => {
  const startedAt = performance.now();
  const { code, output } = await runNode(
    [
      ...[inRoot("dist", "cli.js"), "review", "--repo", repository, "--json"],
      ...["--base", "HEAD~1", "--head", "HEAD", "--check", CHECK],
      ...["--model", "none", "--approve", "auto"],
    ],
    { env: { PATH: process.env["PATH"] ?? "", ROUNDTABLE_HOME: home } },
  );
  const line = output.split("\n").find((text) => text.startsWith('{"v":'));
  if (line === undefined || code === 2)
    throw new Error(
      `The review ended with ${String(code)}: ${output.slice(-800)}`,
    );
  const { findings, checks } = ReviewReport.parse(JSON.parse(line));
  return {
    found: findings,
    silent: checks
      .filter(({ status }) => status === "ERROR" || status === "NOT_RUN")
      .map(({ tool, summary }) => `${tool}: ${summary}`),
    ms: performance.now() - startedAt,
  };
};

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
    silent: gathered
      .filter(({ status }) => status === "ERROR" || status === "NOT_RUN")
      .map(({ tool, summary }) => `${tool}: ${summary}`),
    ms: performance.now() - startedAt,
  };
};
