import type { Cluster, Evidence } from "../../../src/protocol/consensus.ts";
import type {
  DataOf,
  EventType,
  Recorded,
  RecordedOf,
} from "../../../src/protocol/event.ts";

/** Events of one review, for views. */
export interface Story {
  event<T extends EventType>(type: T, data: DataOf<T>): Recorded;
  readonly opened: RecordedOf<"MissionOpened">;
  /** Opens the decision `id` on a change. */
  round(id: string): Recorded;
  tallied(id: string, clusters: readonly Cluster[]): Recorded;
}

/** A review by a security and a qa agent, told event by event. */
export function tellReview(missionId: string): Story {
  let seq = 0;
  const event: Story["event"] = (type, data) => {
    seq += 1;
    // The pair of type and data is checked by the parameters.
    return {
      missionId,
      type,
      data,
      by: "hub",
      v: 1,
      seq,
      at: 1000 + seq,
      epoch: 1,
      prevHash: "",
      hash: "",
    } as unknown as Recorded;
  };
  const rules: DataOf<"MissionOpened">["rules"] = {
    threshold: 750,
    quorum: 600,
    maxRounds: 2,
    roundMs: 60_000,
    vetoRoles: [],
    requiredRoles: [],
    prior: 500,
  };
  const electorate = [
    ["sec", "security", "Security"],
    ["qa", "qa", "QA"],
  ].map(([agentId = "", role = "", name = ""]) => ({
    agentId,
    role,
    name,
    lineage: "model-1",
    hub: "local",
    weight: 847,
  }));
  const opened = event("MissionOpened", {
    kind: "review",
    goal: "Review",
    repo: { root: "/r", branch: "main", commit: "c", tree: "t" },
    scope: { kind: "working" },
    model: "claude",
    electorate,
    rules,
    budget: { microUsd: 5_000_000, turnsPerTask: 50, taskMs: 60_000 },
    approve: "ask",
    checks: [],
    maxAttempts: 3,
  }) as RecordedOf<"MissionOpened">;
  return {
    event,
    opened,
    round: (decisionId) =>
      event("RoundOpened", {
        decisionId,
        round: 1,
        subject: "change",
        artifactHash: "tree",
        title: "Change",
        authorIds: [],
        electorate,
        rules,
        seed: 1,
        deadline: 2,
      }),
    tallied: (decisionId, clusters) =>
      event("RoundTallied", {
        decisionId,
        tally: {
          round: 1,
          outcome: "blocked",
          approvals: 0,
          blocks: 1,
          abstentions: 0,
          absent: 0,
          score: 0,
          bar: 0,
          clusters: [...clusters],
          because: "so",
        },
      }),
  };
}

/** A cluster of one finding on line 3 of `src/run.js`. */
export function cluster(
  over: Partial<Cluster> & {
    readonly finding?: Partial<Cluster["representative"]>;
  } = {},
): Cluster {
  const { finding, ...rest } = over;
  return {
    id: "c1",
    representative: {
      path: "src/run.js",
      line: 3,
      claim: "The shell runs what the caller sends",
      severity: "high",
      ...finding,
    },
    standing: "CONFIRMED",
    raisedBy: ["sec", "tool:dangerous-calls"],
    support: 2,
    ...rest,
  };
}

/** What the tool behind that cluster reported. */
export const EVIDENCE: Evidence = {
  id: "e1",
  tool: "dangerous-calls",
  status: "FAIL",
  required: false,
  summary: "1 dangerous call",
  findings: [
    {
      path: "src/run.js",
      line: 3,
      claim: "exec with a built string",
      severity: "high",
      rule: "command-injection",
      fix: { from: 3, to: 3, text: "execFile(name);" },
    },
  ],
  output: `${"x".repeat(2000)}the end`,
  durationMs: 5,
};
