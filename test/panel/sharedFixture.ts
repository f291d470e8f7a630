import type { DecisionCard, PanelSnapshot } from "../../src/protocol/panel.ts";
import {
  cast,
  detail,
  fixtures,
  planAsked,
  snapshotOf,
  voting,
} from "./fixtures.ts";

const sharedBy = { hubId: "c".repeat(52), name: "Lin's laptop" };
const far = (agentId: string, name: string) => ({
  agentId: `${agentId}@cccccccc`,
  name: `${name} (Lin's laptop)`,
  role: agentId,
});

/** A vote with electors of a teammate's hub: one has voted, the ballots of another are void. */
export const withTeammates: DecisionCard = {
  ...voting,
  electors: [
    ...voting.electors,
    { ...far("security", "Security"), shown: { state: "sealed" } },
    { ...far("qa", "QA"), shown: { state: "voided" } },
  ],
};

const counted: DecisionCard = {
  ...planAsked,
  asks: null,
  electors: [
    ...planAsked.electors,
    {
      ...far("security", "Security"),
      shown: cast(
        "security@cccccccc",
        "approve",
        82,
        "It parses what it reads.",
      ),
    },
    { ...far("qa", "QA"), shown: { state: "voided" } },
  ],
};

/** A mission of a teammate's hub, which stalled there, and the way a vote of it went. */
export const shared: PanelSnapshot = snapshotOf({
  ...detail,
  sharedBy,
  status: "stalled",
  problem: {
    code: "model-overloaded",
    message: "Claude is overloaded and did not answer after 4 tries.",
    next: "Nothing is lost; resume the mission in a few minutes.",
  },
  findings: fixtures.escalated.open?.findings ?? [],
  change: fixtures.escalated.open?.change ?? null,
  decisions: [counted],
});

/** One whose plan waits for the person there. */
export const sharedWaiting: PanelSnapshot = snapshotOf({
  ...detail,
  sharedBy,
  status: "waiting",
  decisions: [counted],
});
