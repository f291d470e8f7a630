import type {
  Cluster,
  Elector,
  Evidence,
  Finding,
  Fix,
  Standing,
  Tally,
  Verification,
  VerificationClaim,
  VerifierVerdict,
} from "../../protocol/consensus.ts";
import type { DataOf, Recorded, RecordedOf } from "../../protocol/event.ts";
import type {
  EvidenceShown,
  Explanation,
  FindingState,
  RaisedBy,
  ReviewFinding,
  VerifiedShown,
} from "../../protocol/findings.ts";
import { isGrave } from "../consensus/cluster.ts";
import { findingIds } from "../review/identity.ts";

/** The findings of one mission, folded event by event: those of the last decision on its change, with what became of them. */
export interface FindingsView {
  /** Takes the next event of the mission, in log order. */
  apply(event: Recorded): void;
  /** The findings as they are now, the gravest first as the tally has them; empty before the first tally. The same array until something changes. */
  list(): readonly ReviewFinding[];
}

/** Findings of one mission that are shown. */
export const MAX_FINDINGS = 500;
/** Characters of a tool's output that are shown, its end. */
const OUTPUT_TAIL = 800;
/** Lines a tool's finding may lie from the one it stands behind. */
const NEAR_LINES = 3;
const TOOL = "tool:";

/** What is known of the decision on the change that was opened last. */
interface Decided {
  readonly decisionId: string;
  readonly evidence: Evidence[];
  readonly claims: VerificationClaim[];
  readonly verifications: Verification[];
  tally: Tally | undefined;
}

const OPEN: FindingState = { kind: "open" };

/** Begins the view with the event that opened the mission. */
export function viewFindings({
  missionId,
  data: { electorate },
}: RecordedOf<"MissionOpened">): FindingsView {
  const states = new Map<string, FindingState>();
  const explanations = new Map<string, readonly Explanation[]>();
  let decided: Decided | undefined;
  let matched: DataOf<"FindingsMatched"> | undefined;
  let listed: readonly ReviewFinding[] | undefined;

  const explain = (
    findingId: string,
    more: readonly Omit<DataOf<"FindingExplained">, "findingId">[],
  ): void => {
    explanations.set(findingId, [
      ...(explanations.get(findingId) ?? []),
      ...more.map(({ question, answer, by }) => ({
        question,
        answer,
        by: voiceOf(by, electorate).name,
      })),
    ]);
  };

  const apply = (event: Recorded): void => {
    switch (event.type) {
      case "RoundOpened": {
        const { decisionId, subject } = event.data;
        if (subject === "change" && decided?.decisionId !== decisionId)
          decided = {
            decisionId,
            evidence: [],
            claims: [],
            verifications: [],
            tally: undefined,
          };
        break;
      }
      case "FindingDismissed": {
        const { findingId, why, reason, by } = event.data;
        states.set(findingId, { kind: "dismissed", why, reason, by });
        break;
      }
      case "FindingSettled":
        states.set(event.data.findingId, {
          kind: "settled",
          how: event.data.how,
        });
        break;
      case "FindingExplained":
        explain(event.data.findingId, [event.data]);
        break;
      case "FindingsMatched":
        matched = event.data;
        for (const { findingId, dismissed, explanations: told } of [
          ...matched.same,
          ...matched.kept,
        ]) {
          if (dismissed !== undefined)
            states.set(findingId, { kind: "dismissed", ...dismissed });
          explain(findingId, told);
        }
        break;
      default:
        if (decided === undefined || !note(decided, event)) return;
    }
    listed = undefined;
  };

  const build = (): readonly ReviewFinding[] => {
    if (decided?.tally === undefined) return [];
    const { evidence, claims, verifications } = decided;
    const clusters = decided.tally.clusters.slice(0, MAX_FINDINGS);
    const ids = findingIds(
      missionId,
      clusters.map(({ representative }) => representative),
    );
    const found = clusters.map((cluster, index) => {
      const own = ids[index] ?? "";
      const findingId =
        matched?.same.find((pair) => pair.own === own)?.findingId ?? own;
      const verified = verifiedOf(cluster, claims, verifications, electorate);
      return {
        ...placed(cluster.representative),
        findingId,
        missionId,
        standing: cluster.standing,
        ...(verified && { verified }),
        raisedBy: cluster.raisedBy.map((agentId) =>
          voiceOf(agentId, electorate),
        ),
        evidence: evidenceOf(cluster, evidence),
        ...fixOf(cluster, evidence),
        blocks: blocks(cluster, verified?.verdict),
        minority:
          cluster.standing === "SINGLE" &&
          cluster.reported !== true &&
          !cluster.raisedBy.some((agentId) => agentId.startsWith(TOOL)),
        earlier: false,
        state: states.get(findingId) ?? OPEN,
        explanations: explanations.get(findingId) ?? [],
      };
    });
    const kept = (matched?.kept ?? []).map(
      ({ findingId, finding, standing, raisedBy }) => ({
        ...placed(finding),
        findingId,
        missionId,
        standing,
        raisedBy: raisedBy.map((agentId) => voiceOf(agentId, electorate)),
        evidence: [],
        ...(finding.fix && { fix: finding.fix }),
        blocks: false,
        minority: standing === "SINGLE",
        earlier: true,
        state: states.get(findingId) ?? OPEN,
        explanations: explanations.get(findingId) ?? [],
      }),
    );
    return [...found, ...kept].slice(0, MAX_FINDINGS);
  };

  return { apply, list: () => (listed ??= build()) };
}

/** Takes what belongs to the decision; false for everything else. */
function note(decided: Decided, event: Recorded): boolean {
  switch (event.type) {
    case "EvidenceRecorded":
      if (event.data.decisionId !== decided.decisionId) return false;
      decided.evidence.push(event.data.evidence);
      return true;
    case "VerificationOpened":
      if (event.data.decisionId !== decided.decisionId) return false;
      decided.claims.push(...event.data.claims);
      return true;
    case "FindingVerified":
      if (event.data.decisionId !== decided.decisionId) return false;
      decided.verifications.push(event.data.verification);
      return true;
    case "RoundTallied":
      if (event.data.decisionId !== decided.decisionId) return false;
      decided.tally = event.data.tally;
      return true;
    default:
      return false;
  }
}

function placed({
  path,
  line,
  claim,
  severity,
  rule,
}: Finding): Pick<
  ReviewFinding,
  "path" | "line" | "claim" | "severity" | "rule"
> {
  return { path, line, claim, severity, ...(rule !== undefined && { rule }) };
}

/** An agent, a tool or the human as one who speaks. */
function voiceOf(agentId: string, electorate: readonly Elector[]): RaisedBy {
  const elector = electorate.find((member) => member.agentId === agentId);
  return agentId.startsWith(TOOL)
    ? { agentId, name: agentId.slice(TOOL.length), role: "tool" }
    : {
        agentId,
        name: elector?.name ?? agentId,
        role: elector?.role ?? "agent",
      };
}

function blocks(
  { representative, standing }: Pick<Cluster, "representative" | "standing">,
  verdict: VerifierVerdict | undefined,
): boolean {
  const stands: Readonly<Record<Standing, boolean>> = {
    CONFIRMED: true,
    CORROBORATED: verdict !== "refuted",
    SINGLE: false,
  };
  return isGrave(representative.severity) && stands[standing];
}

/** What the verifier said of the claim this cluster stands for; where only the result is in the tally, that. */
function verifiedOf(
  { representative, verified }: Cluster,
  claims: readonly VerificationClaim[],
  verifications: readonly Verification[],
  electorate: readonly Elector[],
): VerifiedShown | undefined {
  const ids = claims
    .filter(({ finding }) => sameClaim(finding, representative))
    .map(({ claimId }) => claimId);
  const about = verifications.filter(({ claimId }) => ids.includes(claimId));
  const said =
    about.findLast(({ shown, verdict }) => shown && verdict === verified) ??
    about.at(-1);
  if (said === undefined)
    return verified && { verdict: verified, by: "", reason: "", quotes: [] };
  return {
    // A verdict that was not shown counts as unclear.
    verdict: verified ?? (said.shown ? said.verdict : "unclear"),
    by: voiceOf(said.agentId, electorate).name,
    reason: said.reason,
    quotes: said.quotes,
  };
}

function sameClaim(one: Finding, other: Finding): boolean {
  return (
    one.path === other.path &&
    one.line === other.line &&
    one.claim === other.claim
  );
}

/** What tools that raised it, or that it cites, have shown. */
function evidenceOf(
  { representative, raisedBy }: Cluster,
  evidence: readonly Evidence[],
): readonly EvidenceShown[] {
  return evidence
    .filter(
      ({ id, tool, status }) =>
        id === representative.evidenceRef ||
        (status === "FAIL" && raisedBy.includes(`${TOOL}${tool}`)),
    )
    .map(({ tool, summary, output }) => ({
      tool,
      summary,
      output: (output ?? "").slice(-OUTPUT_TAIL),
    }));
}

/** The edit that comes with the finding, or with the same claim of a tool that raised it too. */
function fixOf(
  { representative, raisedBy }: Cluster,
  evidence: readonly Evidence[],
): { readonly fix?: Fix } {
  const fix =
    representative.fix ??
    evidence
      .filter(({ tool }) => raisedBy.includes(`${TOOL}${tool}`))
      .flatMap(({ findings }) => findings)
      .find(
        (finding) =>
          finding.fix !== undefined &&
          finding.path === representative.path &&
          Math.abs(finding.line - representative.line) <= NEAR_LINES,
      )?.fix;
  return fix === undefined ? {} : { fix };
}
