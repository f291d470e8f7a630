/** What a person means by a branch or a pull request, as the scope of a review. */
import type { ReviewScope } from "../../protocol/event.ts";
import { RoundtableError } from "../errors.ts";

/** What is known of the repository's branches. */
interface Known {
  readonly current: string | null;
  readonly into: string | null;
  readonly names: readonly string[];
  readonly pullRequests: readonly {
    readonly number: number;
    readonly ref: string;
  }[];
}

type BranchScope = Extract<ReviewScope, { kind: "branch" }>;

/** What `head`, a branch or any revision, has on top of where it left `into`, by default what work is merged into. Rejects with `bad-revision`. */
export function branchScope(
  known: Known,
  head: string,
  into?: string,
): BranchScope {
  const base = into ?? known.into;
  if (base === null)
    throw new RoundtableError(
      "bad-revision",
      "This repository has neither a default branch of its remote, nor main or master, to compare with.",
      "Nothing was started. Say where the branch goes to with --into BRANCH, or review a range.",
    );
  if (base === head)
    throw new RoundtableError(
      "bad-revision",
      `${head} is the branch that work is merged into, so there is nothing to compare it with.`,
      "Nothing was started. Name another branch, or where this one goes to with --into BRANCH.",
    );
  return { kind: "branch", base, head };
}

/** The branch of a pull request, by its number or by a reference that exists here; nothing is fetched. Rejects with `bad-revision`, saying how to fetch it. */
export function pullRequestScope(
  known: Known,
  which: string,
  into?: string,
): BranchScope {
  const number = /^[#!]?(\d{1,9})$/u.exec(which.trim())?.[1];
  if (number === undefined) return branchScope(known, which.trim(), into);
  const fetched = known.pullRequests.find(
    (request) => request.number === Number(number),
  );
  if (fetched !== undefined) return branchScope(known, fetched.ref, into);
  throw new RoundtableError(
    "bad-revision",
    `Pull request ${number} is not in this repository.`,
    `Nothing was started, and nothing is fetched unasked. Fetch it with "git fetch origin pull/${number}/head:pr/${number}" (GitLab: merge-requests/${number}/head), then review it.`,
  );
}
