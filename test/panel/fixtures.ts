import type {
  AgentLine,
  BallotShown,
  DecisionCard,
  MissionDetail,
  MissionLine,
  PanelSnapshot,
  Said,
} from "../../src/protocol/panel.ts";

const START = Date.UTC(2026, 10, 20, 9, 12);
const minutes = (count: number): number => START + count * 60_000;

export const planHash =
  "5b0e2f8a91c34d7766aa01be93f4c2d8e07b9a6655f1c2d3e4f5061728394a5b";
export const treeHash = "9f2c41d07be6a85513c0d9e8f7a6b5c4d3e2f1a0";

const lineage = "claude-sonnet-4-5-20260929";

/** An agent at the table; `change` says what differs from an idle one. */
export function agent(
  agentId: string,
  name: string,
  change: Partial<AgentLine> = {},
): AgentLine {
  return {
    agentId,
    name,
    role: agentId,
    lineage,
    state: "idle",
    doing: "",
    microUsd: 42_000,
    calls: 3,
    ...change,
  };
}

const team: readonly AgentLine[] = [
  agent("planner", "Planner", { microUsd: 121_400, calls: 6 }),
  agent("architect", "Architect"),
  agent("security", "Security"),
  agent("developer", "Developer", {
    state: "working",
    doing: "building parse-week: reads src/dates/isoWeek.ts",
    microUsd: 204_100,
    calls: 11,
  }),
  agent("qa", "QA", { state: "working", doing: "filling in a ballot" }),
];

/** An open ballot. */
export function cast(
  agentId: string,
  verdict: "approve" | "block" | "abstain",
  confidence: number,
  reason: string,
): BallotShown {
  return {
    state: "open",
    ballot: {
      agentId,
      round: 1,
      artifactHash: planHash,
      verdict,
      confidence,
      reason,
      findings: [],
      lineage,
    },
  };
}

const rules: DecisionCard["rules"] = {
  threshold: 750,
  quorum: 600,
  maxRounds: 2,
  roundMs: 300_000,
  vetoRoles: ["security"],
  requiredRoles: [],
  prior: 500,
};

const elector = (agentId: string, name: string, shown: BallotShown) => ({
  agentId,
  name,
  role: agentId,
  shown,
});

/** A plan's decision while ballots come in: two are sealed. */
export const voting: DecisionCard = {
  decisionId: "m1:plan:1",
  missionId: "m1",
  subject: "plan",
  title: "Plan, version 1: accept ISO week dates",
  artifactHash: planHash,
  attempt: 1,
  round: 1,
  rules,
  phase: "voting",
  electors: [
    elector("architect", "Architect", { state: "sealed" }),
    elector("security", "Security", { state: "sealed" }),
    elector("developer", "Developer", { state: "waiting" }),
    elector("qa", "QA", { state: "waiting" }),
  ],
  evidence: [],
  tallies: [],
  verified: [],
  senior: null,
  dissent: [],
  because: "",
  asks: null,
  ruling: null,
};

const weekClaim = {
  path: "src/dates/isoWeek.ts",
  line: 31,
  claim:
    "Week 53 is accepted for years that have only 52, so 2025-W53-1 silently becomes a day of 2026.",
  severity: "high",
} as const;

/** The same decision when the team has approved it over one block, and waits for the human. */
export const planAsked: DecisionCard = {
  ...voting,
  round: 2,
  phase: "approved",
  electors: [
    elector(
      "architect",
      "Architect",
      cast(
        "architect",
        "approve",
        88,
        "The parser stays one function and the new format is behind the same entry point.",
      ),
    ),
    elector(
      "security",
      "Security",
      cast(
        "security",
        "approve",
        74,
        "No new input reaches a regular expression with nested quantifiers.",
      ),
    ),
    elector(
      "developer",
      "Developer",
      cast("developer", "approve", 91, "Both steps are small and testable."),
    ),
    elector("qa", "QA", {
      state: "open",
      ballot: {
        agentId: "qa",
        round: 2,
        artifactHash: planHash,
        verdict: "block",
        confidence: 70,
        reason:
          "Nothing in the plan tests the last week of a year. That is where ISO weeks go wrong.",
        findings: [weekClaim],
        lineage,
      },
    }),
  ],
  tallies: [
    {
      round: 2,
      outcome: "approved",
      approvals: 3,
      blocks: 1,
      abstentions: 0,
      absent: 0,
      score: 1_620,
      bar: 1_099,
      because: "Approved: the score of +1.6 is over the bar of 1.1.",
      clusters: [],
    },
  ],
  dissent: [
    {
      agentId: "qa",
      reason:
        "Nothing in the plan tests the last week of a year. That is where ISO weeks go wrong.",
      findings: [weekClaim],
    },
  ],
  because:
    "Three of four approve; the score of +1.6 is over the bar of 1.1. QA’s block stands as dissent.",
  asks: "The team approves the plan. Shall it be built?",
};

const raceClaim = {
  path: "src/dates/parse.ts",
  line: 20,
  claim: "Two parsers share one regular expression with a `lastIndex`.",
  severity: "high",
} as const;

/** A change the team could not agree on, with checks and findings of every standing. */
export const changeAsked: DecisionCard = {
  ...planAsked,
  decisionId: "m1:change:1",
  subject: "change",
  title: "Change: accept ISO week dates",
  artifactHash: treeHash,
  phase: "escalated",
  round: 2,
  evidence: [
    {
      id: "e1",
      tool: "npm test",
      status: "FAIL",
      required: true,
      summary: "1 of 214 tests fails.",
      findings: [],
      output:
        "✖ weeks at the end of a year (1.9 ms)\n  AssertionError: Expected values to be strictly equal:\n  + actual   2026-01-04\n  - expected null\n      at test/dates/isoWeek.test.ts:48:10",
      durationMs: 6_240,
    },
    {
      id: "e2",
      tool: "tsc --noEmit",
      status: "PASS",
      required: true,
      summary: "No type errors.",
      findings: [],
      durationMs: 3_120,
    },
    {
      id: "e3",
      tool: "secrets",
      status: "PASS",
      required: true,
      summary: "Nothing that looks like a secret in 3 files.",
      findings: [],
      durationMs: 41,
    },
    {
      id: "e4",
      tool: "npm audit",
      status: "NOT_RUN",
      required: false,
      summary: "The registry could not be reached, so advisories are unknown.",
      findings: [],
      durationMs: 800,
    },
    {
      id: "e5",
      tool: "eslint",
      status: "ERROR",
      required: false,
      summary: "The configuration could not be read.",
      findings: [],
      durationMs: 510,
    },
  ],
  tallies: [
    {
      round: 2,
      outcome: "split",
      approvals: 2,
      blocks: 1,
      abstentions: 1,
      absent: 0,
      score: 0,
      bar: 0,
      because: "One high finding is confirmed by a failing test.",
      clusters: [
        {
          id: "c1",
          representative: weekClaim,
          standing: "CONFIRMED",
          raisedBy: ["qa", "tool:npm test"],
          support: 2,
        },
        {
          id: "c2",
          representative: {
            path: "src/dates/parse.ts",
            line: 12,
            claim: "The error message still says only YYYY-MM-DD is accepted.",
            severity: "medium",
          },
          standing: "CORROBORATED",
          raisedBy: ["architect", "developer"],
          support: 2,
        },
        {
          id: "c4",
          representative: raceClaim,
          standing: "SINGLE",
          raisedBy: ["developer"],
          support: 1,
          verified: "refuted",
        },
        {
          id: "c3",
          representative: {
            path: "README.md",
            line: 0,
            claim: "Week dates are not documented.",
            severity: "low",
          },
          standing: "SINGLE",
          raisedBy: ["architect"],
          support: 1,
        },
      ],
    },
  ],
  verified: [
    {
      claim: { claimId: "c1", finding: weekClaim, raisedBy: ["qa"] },
      by: {
        claimId: "c1",
        agentId: "security",
        lineage,
        verdict: "confirmed",
        reason: "The upper bound is the constant 53, whatever the year.",
        quotes: [
          {
            path: "src/dates/isoWeek.ts",
            line: 31,
            text: "  if (week < 1 || week > 53) return null;",
          },
        ],
        ran: [],
        shown: true,
      },
    },
    {
      claim: { claimId: "c4", finding: raceClaim, raisedBy: ["developer"] },
      by: {
        claimId: "c4",
        agentId: "architect",
        lineage,
        verdict: "refuted",
        reason: "The expression has no g flag, so it keeps no position.",
        quotes: [
          {
            path: "src/dates/parse.ts",
            line: 4,
            text: "const WEEK = /^(\\d{4})-W(\\d{2})-(\\d)$/;",
          },
        ],
        ran: [],
        shown: true,
      },
    },
  ],
  senior: {
    because: "The team is split after the rebuttal round.",
    ballot: {
      agentId: "planner",
      round: 2,
      artifactHash: treeHash,
      verdict: "abstain",
      confidence: 40,
      reason:
        "Both sides are right about a different file; the owner should choose.",
      findings: [],
      lineage: "claude-fable-5-1",
    },
  },
  because:
    "The team is split after the rebuttal round, and a required check fails.",
  asks: "The team could not agree on the change. What shall happen?",
};

const plan: MissionDetail["plan"] = {
  version: 1,
  hash: planHash,
  plan: {
    summary:
      "Accept ISO 8601 week dates (2026-W47-6) wherever calendar dates are accepted, and refuse weeks a year does not have.",
    steps: [
      {
        id: "parse-week",
        title: "Parse week dates into calendar dates",
        intent:
          "Add isoWeek.ts with one function that turns a year, a week and a weekday into a date, or null.",
        files: ["src/dates/isoWeek.ts"],
        dependsOn: [],
      },
      {
        id: "wire-in",
        title: "Use it in the date parser",
        intent: "parse.ts tries the week format after the calendar format.",
        files: ["src/dates/parse.ts"],
        dependsOn: ["parse-week"],
      },
      {
        id: "tests",
        title: "Test years with 52 and with 53 weeks",
        intent: "Table-driven, both ends of the year.",
        files: ["test/dates/isoWeek.test.ts"],
        dependsOn: ["parse-week", "wire-in"],
      },
    ],
    risks: [
      "Callers that rely on week dates being refused.",
      "Time zones: the parser must stay in UTC.",
    ],
    doneWhen: [
      "npm test passes",
      "2026-W53-7 gives 2027-01-03; 2025-W53-1 is refused",
    ],
  },
  steps: [
    { stepId: "parse-week", state: "built" },
    { stepId: "wire-in", state: "working" },
    { stepId: "tests", state: "todo" },
  ],
};

/** One line of the conversation. */
export function line(seq: number, change: Partial<Said> = {}): Said {
  return {
    seq,
    at: minutes(seq / 4),
    from: "planner",
    to: "everyone",
    kind: "message",
    text: `Line ${String(seq)}`,
    tone: "neutral",
    ...change,
  };
}

const talk: readonly Said[] = [
  line(1, {
    from: "human",
    kind: "goal",
    text: "Accept ISO week dates like `2026-W47-6` in the date parser, and refuse weeks that a year does not have.",
  }),
  line(3, {
    from: "hub",
    to: "planner",
    text: "Draft a plan for attempt 1.",
  }),
  line(4, {
    kind: "tool",
    to: "hub",
    text: "`read_file` src/dates/parse.ts",
  }),
  line(5, {
    kind: "tool",
    to: "hub",
    text: "`search` isoWeek in src/**",
  }),
  line(6, {
    kind: "plan",
    text: "Plan, version 1: Accept ISO 8601 week dates wherever calendar dates are accepted, and refuse weeks a year does not have.\n\n- **parse-week** Parse week dates into calendar dates\n- **wire-in** Use it in the date parser (after parse-week)\n- **tests** Test years with 52 and with 53 weeks (after parse-week, wire-in)",
  }),
  line(7, {
    from: "hub",
    kind: "system",
    text: "Ballots are open on “Plan, version 1”. Sealed until all are in.",
  }),
  line(8, {
    from: "architect",
    to: "planner",
    text: "Does `parse.ts` keep one entry point? I would rather not see a second exported parser:\n\n```ts\nexport function parseDate(text: string): Date | null;\n```",
  }),
  line(9, {
    to: "architect",
    text: "Yes. The week format is tried **after** the calendar format, inside the same function. See https://www.iso.org/iso-8601-date-and-time-format.html.",
  }),
  line(10, {
    from: "architect",
    to: "hub",
    kind: "ballot",
    text: "Sealed ballot is in.",
  }),
  line(11, {
    from: "security",
    to: "hub",
    kind: "ballot",
    text: "Sealed ballot is in.",
  }),
];

const tallied: readonly Said[] = [
  line(12, {
    from: "hub",
    kind: "tally",
    tone: "good",
    text: "Round 2: 3 approve, 1 block, 0 abstain. Approved: the score of +1.6 is over the bar of 1.1.\n\n- **Architect** approves (88 %): one entry point\n- **QA** blocks (70 %): nothing tests the last week of a year",
  }),
  line(13, {
    from: "hub",
    to: "human",
    kind: "ruling",
    tone: "warn",
    text: "The team approves the plan. Shall it be built?",
  }),
];

const built: readonly Said[] = [
  line(14, { from: "human", kind: "ruling", tone: "good", text: "Approved." }),
  line(16, {
    from: "developer",
    kind: "build",
    text: "Built **parse-week**: one pure function, in UTC.\n\n`src/dates/isoWeek.ts`",
  }),
  line(17, {
    from: "tool:npm test",
    kind: "evidence",
    tone: "bad",
    text: "FAIL · 1 of 214 tests fails.",
  }),
];

const stages = (
  now: number,
  state: "now" | "failed" = "now",
): MissionDetail["stages"] =>
  (
    [
      "plan",
      "planVote",
      "planRuling",
      "build",
      "review",
      "changeVote",
      "changeRuling",
      "merge",
    ] as const
  ).map((stage, index) => ({
    stage,
    state: index < now ? "done" : index > now ? "todo" : state,
  }));

const m1: MissionLine = {
  missionId: "m1",
  kind: "build",
  goal: "Accept ISO week dates like 2026-W47-6 in the date parser, and refuse weeks that a year does not have",
  status: "running",
  stage: "planVote",
  openedAt: minutes(0),
  closedAt: null,
  microUsd: 451_500,
  outcome: null,
};

const past: readonly MissionLine[] = [
  {
    ...m1,
    missionId: "m0",
    kind: "review",
    goal: "Review these changes",
    status: "closed",
    stage: "changeVote",
    openedAt: minutes(-3000),
    closedAt: minutes(-2990),
    microUsd: 83_000,
    outcome: { kind: "blocked", summary: "One confirmed high finding." },
  },
  {
    ...m1,
    missionId: "m-1",
    kind: "question",
    goal: "Should sessions be kept in Redis or in SQLite?",
    status: "closed",
    stage: "answer",
    openedAt: minutes(-5000),
    closedAt: minutes(-4990),
    microUsd: 12_400,
    outcome: { kind: "answered", summary: "SQLite, in WAL mode." },
  },
];

/** The mission of most fixtures while the plan is voted on. */
export const detail: MissionDetail = {
  ...m1,
  attempt: 1,
  model: "claude",
  stages: stages(1),
  spent: {
    microUsd: 451_500,
    capMicroUsd: 5_000_000,
    reservedMicroUsd: 120_000,
    calls: 26,
    inputTokens: 41_200,
    cacheReadTokens: 187_900,
    outputTokens: 9_310,
  },
  plan,
  planVersions: [],
  resolution: null,
  record: null,
  change: null,
  decisions: [voting],
  findings: [],
  permissions: [],
  agents: team,
  problem: null,
  repoRoot: "/home/ada/calendar",
  said: { total: talk.length, items: talk },
};

/** A snapshot around a mission. */
export function snapshotOf(open: MissionDetail | null): PanelSnapshot {
  return {
    seq: open?.said.items.at(-1)?.seq ?? 0,
    provider: { name: "claude", ready: true, note: "Claude, with your key." },
    workspace: { ready: true, note: "" },
    stopped: false,
    missions: open === null ? past : [open, ...past],
    open,
  };
}

const said = (items: readonly Said[]): MissionDetail["said"] => ({
  total: items.length,
  items,
});

const waiting: MissionDetail = {
  ...detail,
  status: "waiting",
  stage: "planRuling",
  stages: stages(2),
  decisions: [planAsked],
  agents: team.map((seat) => ({ ...seat, state: "idle", doing: "" })),
  plan: {
    ...plan,
    steps: plan.steps.map(({ stepId }) => ({ stepId, state: "todo" })),
  },
  said: said([...talk, ...tallied]),
};

const change: MissionDetail["change"] = {
  base: "1c2d3e4f5a",
  baseTree: "aa",
  commit: "5f6e7d8c9b",
  tree: treeHash,
  files: [
    {
      path: "src/dates/isoWeek.ts",
      status: "added",
      added: 48,
      deleted: 0,
    },
    {
      path: "packages/calendar-core/src/internal/dates/parsing/parse.ts",
      status: "modified",
      added: 12,
      deleted: 4,
    },
    {
      path: "src/dates/legacyWeek.ts",
      status: "deleted",
      added: 0,
      deleted: 31,
    },
    {
      path: "test/dates/isoWeek.test.ts",
      status: "added",
      added: 64,
      deleted: 0,
    },
  ],
  conflicts: [],
};

const ruled: DecisionCard = {
  ...planAsked,
  asks: null,
  ruling: {
    verdict: "approve",
    reason: "",
    by: "human",
    at: minutes(4),
  },
};

const closed: DecisionCard = {
  ...changeAsked,
  phase: "approved",
  asks: null,
  because: "No finding of high severity stands.",
  evidence: changeAsked.evidence.slice(1, 3),
  dissent: [],
  tallies: [],
  ruling: {
    verdict: "approve",
    reason: "Document the week format next.",
    by: "human",
    at: minutes(9),
  },
};

/** What the panel shows at the moments that matter, by name. */
const found: MissionDetail["findings"][number] = {
  findingId: "f1",
  missionId: "m1",
  ...weekClaim,
  standing: "CONFIRMED",
  verified: {
    verdict: "confirmed",
    by: "Security",
    reason: "The upper bound is the constant 53, whatever the year.",
    quotes: [
      {
        path: "src/dates/isoWeek.ts",
        line: 31,
        text: "  if (week < 1 || week > 53) return null;",
      },
    ],
  },
  raisedBy: [
    { agentId: "qa", name: "QA", role: "qa" },
    { agentId: "tool:npm test", name: "npm test", role: "tool" },
  ],
  evidence: [
    { tool: "npm test", summary: "1 of 214 tests fails.", output: "" },
  ],
  fix: {
    from: 31,
    to: 31,
    text: "  if (week < 1 || week > weeksOf(year)) return null;",
  },
  blocks: true,
  minority: false,
  earlier: false,
  state: { kind: "open" },
  explanations: [
    {
      question: "Why? What makes you say so?",
      answer:
        "2025 ends on a Wednesday, so it has 52 weeks; line 31 lets 53 pass.",
      by: "QA",
    },
  ],
};

const { verified: _, fix: __, ...bare } = found;
const findings: MissionDetail["findings"] = [
  found,
  {
    ...bare,
    findingId: "f2",
    path: "src/dates/parse.ts",
    line: 12,
    claim: "The error message still says only YYYY-MM-DD is accepted.",
    severity: "medium",
    standing: "CORROBORATED",
    raisedBy: [
      { agentId: "architect", name: "Architect", role: "architect" },
      { agentId: "developer", name: "Developer", role: "developer" },
    ],
    evidence: [],
    blocks: false,
    explanations: [],
  },
  {
    ...bare,
    findingId: "f3",
    path: "src/dates/legacy.ts",
    line: 8,
    claim: "A regular expression takes exponential time on `1-1-1-1-1-1!`.",
    severity: "medium",
    rule: "redos",
    standing: "SINGLE",
    raisedBy: [{ agentId: "tool:redos", name: "redos", role: "tool" }],
    evidence: [],
    blocks: false,
    minority: true,
    earlier: true,
    explanations: [],
  },
  {
    ...bare,
    findingId: "f4",
    path: "README.md",
    line: 0,
    claim: "Week dates are not documented.",
    severity: "low",
    standing: "SINGLE",
    raisedBy: [{ agentId: "architect", name: "Architect", role: "architect" }],
    evidence: [],
    blocks: false,
    explanations: [],
    state: {
      kind: "dismissed",
      why: "outOfScope",
      reason: "The docs follow with the release.",
      by: "human",
    },
  },
];

const planVersions: MissionDetail["planVersions"] = [
  {
    version: 1,
    hash: "0aa1bb2c",
    author: "Planner",
    changes: [],
    because: [],
    critique: [
      {
        section: "tests",
        by: "QA",
        claim: "Nothing tests the last week of a year.",
        severity: "high",
      },
    ],
    outcome: "blocked",
  },
  {
    version: 2,
    hash: planHash,
    author: "Planner",
    changes: [
      {
        section: "tests",
        what: "changed",
        field: "title",
        before: "Test week dates",
        after: "Test years with 52 and with 53 weeks",
      },
    ],
    because: [
      {
        section: "tests",
        did: "Both kinds of year are tested now.",
        claim: "Nothing tests the last week of a year.",
        by: ["QA"],
      },
    ],
    critique: [],
    outcome: "approved",
  },
];

export const fixtures = {
  welcome: {
    ...snapshotOf(null),
    missions: [],
    provider: {
      name: "none",
      ready: false,
      note: "Set a key, or use a model VS Code already has.",
    },
    workspace: { ready: true, note: "calendar, on branch main" },
  },
  home: snapshotOf(null),
  running: snapshotOf(detail),
  waiting: snapshotOf(waiting),
  escalated: snapshotOf({
    ...waiting,
    stage: "changeRuling",
    stages: stages(6),
    attempt: 2,
    change,
    findings,
    planVersions,
    decisions: [ruled, changeAsked],
    said: said([...talk, ...tallied, ...built]),
  }),
  permission: snapshotOf({
    ...detail,
    status: "waiting",
    stage: "build",
    stages: stages(3),
    decisions: [ruled],
    permissions: [
      {
        missionId: "m1",
        permissionId: "p1",
        agentId: "developer",
        what: "command",
        subject: JSON.stringify([
          "npm",
          "run",
          "test",
          "--",
          "--test-name-pattern=weeks at the end of a year",
        ]),
        why: "There is no sandbox on this machine, so every command asks. This runs the tests of the step.",
        at: minutes(6),
      },
    ],
    said: said([...talk, ...tallied, ...built.slice(0, 2)]),
  }),
  stalled: snapshotOf({
    ...detail,
    status: "stalled",
    stage: "build",
    stages: stages(3, "failed"),
    decisions: [ruled],
    problem: {
      code: "model-overloaded",
      message: "Claude is overloaded and did not answer after 4 tries.",
      next: "Nothing is lost; resume the mission in a few minutes.",
    },
    said: said([...talk, ...tallied, ...built.slice(0, 2)]),
  }),
  finished: snapshotOf({
    ...detail,
    status: "closed",
    stage: "merge",
    stages: stages(8),
    closedAt: minutes(12),
    change,
    decisions: [ruled, closed],
    agents: team.map((seat) => ({ ...seat, state: "idle", doing: "" })),
    plan: {
      ...plan,
      steps: plan.steps.map(({ stepId }) => ({ stepId, state: "built" })),
    },
    outcome: {
      kind: "merged",
      summary: "Merged into main: 4 files, +124 −35. All checks pass.",
      commit: "5f6e7d8c9b0a1b2c3d4e",
      branch: "main",
    },
    said: said([...talk, ...tallied, ...built.slice(0, 2)]),
  }),
} satisfies Record<string, PanelSnapshot>;
