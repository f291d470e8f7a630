import type { RoomMachine } from "../../../src/core/peering/room.ts";
import type { RoomView } from "../../../src/core/peering/roomView.ts";
import type { Referee } from "./referee.ts";

/** Counts the polls of a room by hand, in another way than the view does, and says what is different. */
export function recount(
  machine: RoomMachine,
  view: RoomView,
  referee: Pick<Referee, "distrusted" | "settledClosings">,
): readonly string[] {
  const problems: string[] = [];
  const forked = new Set(machine.forked().map(({ origin }) => origin));
  /** Every verdict of each agent in each decision, as its own hub told them. */
  const verdicts = new Map<string, Set<string>>();
  const agentAt = new Map<string, string>();
  for (const { envelope } of machine.said()) {
    const { origin, seq, body } = envelope;
    if (body.kind !== "ballot" || forked.has(origin)) continue;
    const { agentId, verdict } = body.ballot;
    const isElector = view.opening?.electorate.some(
      (elector) => elector.agentId === agentId && elector.hub === origin,
    );
    if (isElector !== true) continue;
    const key = `${body.decisionId} ${agentId}`;
    const told = verdicts.get(key) ?? new Set();
    verdicts.set(key, told.add(verdict));
    if (told.size > 1 && !referee.distrusted.has(origin))
      problems.push(`${agentId} voted twice on ${body.decisionId}`);
    agentAt.set(`${body.decisionId} ${origin} ${String(seq)}`, agentId);
  }

  for (const { decisionId, closed, counted, awaited, tally } of view.polls) {
    if (closed === undefined) continue;
    const agents = new Set<string>();
    for (const [origin, seq] of closed.ballots) {
      const agent = agentAt.get(`${decisionId} ${origin} ${String(seq)}`);
      if (verdicts.get(`${decisionId} ${agent ?? ""}`)?.size === 1)
        agents.add(agent ?? "");
    }
    const ours = [...agents].sort().join(" ");
    const theirs = counted
      .map(({ agentId }) => agentId)
      .sort()
      .join(" ");
    if (ours !== theirs && awaited.length === 0)
      problems.push(`${decisionId} counts ${theirs}, and should ${ours}`);
    const trusted = !referee.distrusted.has(closed.origin);
    if (trusted && (awaited.length > 0 || tally === undefined))
      problems.push(`${decisionId} is closed and still waits for ballots`);
  }

  for (const [decisionId, { origin, seq }] of referee.settledClosings) {
    const poll = view.polls.find((one) => one.decisionId === decisionId);
    // What a hub opened that contradicted itself is no poll, whoever closes it.
    if (poll === undefined || forked.has(origin)) continue;
    const { closed, opened } = poll;
    const closing = machine
      .said()
      .find(({ envelope: one }) => one.origin === origin && one.seq === seq);
    const body = closing?.envelope.body;
    // Nor is its name taken: a later term may give it to another poll, which the closing of what was none does not close.
    if (
      forked.size > 0 &&
      body?.kind === "pollClosed" &&
      body.term < opened.term
    )
      continue;
    if (closed?.origin !== origin || closed.seq !== seq)
      problems.push(
        `${decisionId} was closed by ${origin} ${String(seq)} before a majority, and is closed by ${String(closed?.origin)} ${String(closed?.seq)}`,
      );
  }
  return problems;
}
