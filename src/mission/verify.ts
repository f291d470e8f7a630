import {
  phase,
  unverifiedClaims,
  verifiersOf,
  type DecisionState,
} from "../core/consensus/decision.ts";
import { redact } from "../core/redact.ts";
import type {
  Elector,
  Verification,
  VerificationClaim,
} from "../protocol/consensus.ts";
import type { VerificationPaper } from "../protocol/work.ts";
import type { Line } from "./line.ts";
import type { Poll } from "./poll.ts";
import type { Proposal } from "./proposal.ts";
import { checkQuotes } from "./quotes.ts";
import { commandsRun } from "./commandsRun.ts";
import { untilDeadline } from "./untilDeadline.ts";
import { unlessStalled, workBase } from "./work.ts";

/** Verifiers asked about one claim, one after the other, when the first cannot answer at all. */
const MOST_ASKED = 2;

/**
 * Puts every open claim to somebody who neither raised it nor wrote what it is about, all at once, in the time of one round from when the
 * stage was opened. They see the claim and the code, not who raised it. What they cannot show, and silence, leave the claim unclear.
 */
export async function verifyClaims(
  line: Line,
  proposal: Proposal,
  poll: Poll,
): Promise<void> {
  const state = poll.state();
  if (phase(state) !== "verifying" || proposal.files === undefined) return;
  const turns = assign(state);
  const roundMs = state.round?.rules.roundMs ?? 0;
  await untilDeadline(line, openedAt(line, proposal) + roundMs, (signal) =>
    unverifiedClaims(state).map((claim) =>
      verify(line, proposal, poll, claim, turns(claim), signal),
    ),
  );
}

/** When the stage was opened, so that a restart gives it no more time than it had. */
function openedAt(line: Line, { decisionId }: Proposal): number {
  const opened = line.journal
    .events()
    .findLast(
      (event) =>
        event.type === "VerificationOpened" &&
        event.data.decisionId === decisionId,
    );
  return opened?.at ?? line.ports.clock.now();
}

/** Whom to ask about each claim, in order: who fits best, and of those who has been given least. The same after a restart. */
function assign(
  state: DecisionState,
): (claim: VerificationClaim) => readonly Elector[] {
  const given = new Map<string, number>();
  const turns = new Map<string, readonly Elector[]>();
  const count = ({ agentId }: Elector): number => given.get(agentId) ?? 0;
  for (const claim of state.claims ?? []) {
    const able = verifiersOf(state, claim).toSorted(
      (a, b) => count(a) - count(b),
    );
    const [first] = able;
    if (first !== undefined) given.set(first.agentId, count(first) + 1);
    turns.set(claim.claimId, able.slice(0, MOST_ASKED));
  }
  return ({ claimId }) => turns.get(claimId) ?? [];
}

async function verify(
  line: Line,
  proposal: Proposal,
  poll: Poll,
  { claimId, finding }: VerificationClaim,
  verifiers: readonly Elector[],
  signal: AbortSignal,
): Promise<void> {
  const { decisionId, artifactHash, attempt, root } = proposal;
  for (const { agentId } of verifiers) {
    const key = `verify/${decisionId}/${claimId}/${agentId}`;
    const reply = await line.ports.team.ask(
      agentId,
      {
        ...workBase(line, attempt, key, root),
        kind: "verify",
        decisionId,
        claimId,
        claim: finding,
        artifactHash,
        artifact: proposal.excerpt?.(finding.path) ?? proposal.artifact,
        evidence: poll
          .state()
          .evidence.filter(({ status }) => status === "FAIL"),
      },
      signal,
    );
    // What is left of the budget decides: a claim nobody could afford to look at is unclear, and the round goes on.
    if (!reply.ok && reply.code === "budget-spent") return;
    unlessStalled(reply);
    if (!reply.ok) continue;
    const shown = await shownBy(
      line,
      proposal,
      agentId,
      key,
      reply.answer.paper,
    );
    await poll.do({
      type: "RecordVerification",
      verification: { claimId, agentId, lineage: reply.lineage, ...shown },
    });
    return;
  }
}

/** The verifier's words with what they really show. */
async function shownBy(
  line: Line,
  { files }: Proposal,
  agentId: string,
  key: string,
  { verdict, reason, quotes }: VerificationPaper,
): Promise<Omit<Verification, "claimId" | "agentId" | "lineage">> {
  const checked =
    files === undefined
      ? { quotes, stand: false }
      : await checkQuotes(quotes, files);
  const ran = commandsRun(line.journal.events(), agentId, key);
  return {
    verdict,
    reason: redact(reason),
    // Lines that were quoted go into the log; secrets that stand in them do not.
    quotes: checked.quotes.map((quote) => ({
      ...quote,
      text: redact(quote.text),
    })),
    ran: ran.map(
      ({ command, exitCode }) => `${command} (exit code ${String(exitCode)})`,
    ),
    // A check that fails bears a claim out; one that passes refutes nothing, since most tests pass for most mistakes.
    shown:
      checked.stand ||
      (quotes.length === 0 &&
        verdict === "confirmed" &&
        ran.some(({ exitCode }) => exitCode !== 0)),
  };
}
