const CORE = "test/core/consensus";

/** The promises of a decision: an id, what is promised, and the test file whose tests carry the id in their names. */
export const PROPERTIES = {
  S1: ["what is decided never changes", `${CORE}/course.properties.test.ts`],
  S2: [
    "one ballot counts per decision, round and agent; a second different one is recorded as equivocation",
    `${CORE}/ballots.properties.test.ts`,
  ],
  S3: [
    "only members of the snapshot count",
    `${CORE}/ballots.properties.test.ts`,
  ],
  S4: [
    "electorate, quorum and threshold come from the snapshot",
    `${CORE}/electorate.properties.test.ts`,
  ],
  S5: [
    "the denominator is the electorate, not the votes cast",
    `${CORE}/electorate.properties.test.ts`,
  ],
  S6: [
    "what is needed grows with the table",
    `${CORE}/electorate.properties.test.ts`,
  ],
  S7: [
    "a ballot comes only from its agent",
    `${CORE}/ballots.properties.test.ts`,
  ],
  S8: [
    "the outcome depends on what ballots say",
    `${CORE}/tally.properties.test.ts`,
  ],
  S9: [
    "an evidence-backed veto blocks, one without does not",
    `${CORE}/tally.properties.test.ts`,
  ],
  S10: [
    "a ballot is bound to its artifact",
    `${CORE}/ballots.properties.test.ts`,
  ],
  S11: [
    "a late ballot is logged and never counted, an abstention counts for presence only",
    `${CORE}/ballots.properties.test.ts`,
  ],
  "S12-order": ["order does not matter", `${CORE}/course.properties.test.ts`],
  "S12-monotone": [
    "an approval never turns an outcome for the worse",
    `${CORE}/tally.properties.test.ts`,
  ],
  S13: ["a replay gives the same bytes", `${CORE}/course.properties.test.ts`],
  S14: [
    "money is put aside before every call",
    "test/agents/meter.properties.test.ts",
  ],
  S15: ["dissent is conserved", `${CORE}/dissent.properties.test.ts`],
  S16: [
    "first ballots are asked for blindly, and a rebuttal shows claims only",
    `${CORE}/dissent.properties.test.ts`,
  ],
  L1: [
    "a decision ends after its rounds, under any schedule",
    `${CORE}/course.properties.test.ts`,
  ],
  L2: ["silence never approves", `${CORE}/course.properties.test.ts`],
  L3: [
    "a crash changes neither the end nor the record",
    `${CORE}/course.properties.test.ts`,
  ],
  B1: [
    "a peer hub weighs at most one local voter and decides nothing alone",
    `${CORE}/peers.properties.test.ts`,
  ],
  B2: [
    "a hub that is cut off comes too late to count",
    `${CORE}/peers.properties.test.ts`,
  ],
  B3: [
    "an elector of another hub that says two things has no ballot in the decision",
    `${CORE}/peers.properties.test.ts`,
  ],
  C1: [
    "any commands, in any order, with crashes in between, keep first words and the end",
    `${CORE}/model.properties.test.ts`,
  ],
  E1: [
    "a failed required check blocks, one that could not run approves nothing",
    `${CORE}/tally.properties.test.ts`,
  ],
  E2: ["a passed check is never a vote", `${CORE}/tally.properties.test.ts`],
  T1: [
    "a change is blocked on evidence or independent voices, never by votes",
    `${CORE}/tally.properties.test.ts`,
  ],
  T2: [
    "a change with a quorum and an approval is approved unless it is blocked",
    `${CORE}/tally.properties.test.ts`,
  ],
  T3: [
    "trust tells how likely a finding is, and changes no outcome",
    `${CORE}/tally.properties.test.ts`,
  ],
  V1: [
    "a verdict that is not shown changes nothing",
    `${CORE}/verification.properties.test.ts`,
  ],
  V2: [
    "a refutation never creates a block, a confirmation never lifts one",
    `${CORE}/verification.properties.test.ts`,
  ],
  V3: [
    "grave claims no check has settled go to verifiers, most decisive first, as far as the rules pay",
    `${CORE}/verification.properties.test.ts`,
  ],
  V4: [
    "a claim is verified once, by a local member without a part in it",
    `${CORE}/verification.properties.test.ts`,
  ],
  V5: [
    "verifying opens no ballots again",
    `${CORE}/verification.properties.test.ts`,
  ],
  V6: [
    "a finding about a place that does not exist corroborates and confirms nothing",
    `${CORE}/verification.properties.test.ts`,
  ],
  N1: [
    "the senior model stands in for no check and no required role",
    `${CORE}/senior.properties.test.ts`,
  ],
  N2: [
    "the senior model decides only what the team could not, by a word of its own",
    `${CORE}/senior.properties.test.ts`,
  ],
  N3: [
    "the last word is given by someone with no part in it, once",
    `${CORE}/senior.properties.test.ts`,
  ],
  H1: [
    "the human rules after the team, on its artifact, once",
    `${CORE}/human.properties.test.ts`,
  ],
} as const satisfies Readonly<Record<string, readonly [string, string]>>;

export type PropertyId = keyof typeof PROPERTIES;
