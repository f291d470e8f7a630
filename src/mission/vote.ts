import { contestedFor } from "../core/consensus/contested.ts";
import { decide, type DecisionCommand } from "../core/consensus/decide.ts";
import {
  evolve,
  fold,
  missingBallots,
  phase,
  type DecisionState,
} from "../core/consensus/decision.ts";
import type { Elector } from "../protocol/consensus.ts";
import type { Line } from "./line.ts";
import type { Proposal } from "./proposal.ts";
import { rulesFor } from "./rules.ts";
import { unlessStalled, workBase } from "./work.ts";

/**
 * Lets the team decide on a proposal: evidence, sealed ballots, tally, at most one rebuttal. Code runs the protocol, agents only fill in
 * ballots. What the log already holds is not asked again; an elector who cannot answer by the deadline is absent.
 */
export async function vote(
  line: Line,
  proposal: Proposal,
): Promise<DecisionState> {
  const poll = openPoll(line, proposal.decisionId);
  const { electorate } = line.opened;
  const { decisionId, subject, artifactHash, title } = proposal;
  await poll.do({
    type: "OpenRound",
    decisionId,
    subject,
    artifactHash,
    title,
    authorIds: [...proposal.authorIds],
    electorate,
    rules: rulesFor(line.opened, proposal.paths),
    seed: line.ports.chance.seed(),
    now: line.ports.clock.now(),
  });
  if (
    phase(poll.state()) === "collecting" &&
    poll.state().evidence.length === 0
  )
    await poll.do(
      ...(await proposal.evidence(line)).map(
        (evidence) => ({ type: "RecordEvidence", evidence }) as const,
      ),
    );
  await poll.do({ type: "EvidenceDone" });
  while (isOpen(poll.state())) {
    await collect(line, proposal, poll);
    await poll.do({ type: "CloseRound", now: line.ports.clock.now() });
  }
  return poll.state();
}

function isOpen(state: DecisionState): boolean {
  const at = phase(state);
  return at === "collecting" || at === "tallied";
}

interface Poll {
  state(): DecisionState;
  /** Applies commands one after another; what follows from them is on disk when it resolves. */
  do(...commands: readonly DecisionCommand[]): Promise<void>;
}

/** One decision over the journal. Commands that arrive at once are taken in turn, so none decides on an old state. */
function openPoll(line: Line, decisionId: string): Poll {
  let state = fold(line.journal.events(), decisionId);
  let turn: Promise<void> = Promise.resolve();
  const act = async (commands: readonly DecisionCommand[]): Promise<void> => {
    let next = state;
    const facts = commands.flatMap((command) => {
      const events = decide(command, next);
      next = events.reduce(evolve, next);
      return events;
    });
    if (facts.length > 0) await line.journal.note(facts);
    state = next;
  };
  return {
    state: () => state,
    do: (...commands) => {
      const done = turn.then(() => act(commands));
      turn = done.catch(() => undefined);
      return done;
    },
  };
}

/** Asks everyone whose ballot is missing, all at once, until the round's deadline. */
async function collect(
  line: Line,
  proposal: Proposal,
  poll: Poll,
): Promise<void> {
  const { round } = poll.state();
  if (round === undefined) return;
  const { clock } = line.ports;
  const over = new AbortController();
  const signal = AbortSignal.any([line.signal, over.signal]);
  const asked = Promise.all(
    missingBallots(poll.state()).map((elector) =>
      castFor(line, proposal, poll, elector, signal),
    ),
  );
  // Its failure is told by whichever of the two below sees it first.
  asked.catch(() => undefined);
  const left = Math.max(0, round.deadline - clock.now());
  const deadline = clock.after(left, signal).then(
    () => "late" as const,
    () => "aborted" as const,
  );
  try {
    const first = await Promise.race([asked, deadline]);
    if (first === "late")
      over.abort(new Error("the round's deadline has come"));
    if (first === "aborted") line.signal.throwIfAborted();
    // Electors who were cut off come back as absent; their troubles are no longer the line's.
    if (first === "late") await asked.catch(() => undefined);
  } finally {
    over.abort(new Error("the round is over"));
  }
}

async function castFor(
  line: Line,
  proposal: Proposal,
  poll: Poll,
  elector: Elector,
  signal: AbortSignal,
): Promise<void> {
  const state = poll.state();
  const round = state.round?.round ?? 1;
  const { decisionId, subject, artifactHash, artifact, attempt, root } =
    proposal;
  const reply = unlessStalled(
    await line.ports.team.ask(
      elector.agentId,
      {
        ...workBase(
          line,
          attempt,
          `ballot/${decisionId}/${String(round)}/${elector.agentId}`,
          root,
        ),
        kind: "ballot",
        decisionId,
        round,
        subject,
        artifactHash,
        artifact,
        evidence: [...state.evidence],
        contested: [...contestedFor(state, elector.agentId)],
      },
      signal,
    ),
  );
  if (!reply.ok) return;
  await poll.do({
    type: "CastBallot",
    by: elector.agentId,
    ballot: {
      ...reply.answer.paper,
      agentId: elector.agentId,
      round,
      artifactHash,
      lineage: reply.lineage,
    },
    now: line.ports.clock.now(),
  });
}
