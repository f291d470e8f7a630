import type {
  DecisionCard,
  FromPage,
  MissionDetail,
} from "../protocol/panel.ts";

/** What the page can ask the app to do. */
export type Intent = Extract<FromPage, { type: "intent" }>["intent"];
/** A command of the extension the page may run. */
export type Command = Extract<FromPage, { type: "command" }>["command"];
export type Verdict = NonNullable<DecisionCard["ruling"]>["verdict"];
export type Evidence = DecisionCard["evidence"][number];
export type Tally = DecisionCard["tallies"][number];
export type Cluster = Tally["clusters"][number];
export type Finding = Cluster["representative"];
export type Verified = NonNullable<DecisionCard["verified"][number]["by"]>;
export type Elector = DecisionCard["electors"][number];
export type Dissent = DecisionCard["dissent"][number];
export type Problem = NonNullable<MissionDetail["problem"]>;
export type ShownPlan = NonNullable<MissionDetail["plan"]>;
export type Version = MissionDetail["planVersions"][number];
export type Found = MissionDetail["findings"][number];
export type Change = NonNullable<MissionDetail["change"]>;
