import type { Reply, Seat, Team } from "../../src/ports.ts";
import type { Answer, BallotPaper, Work } from "../../src/protocol/work.ts";

/** What an agent of the scripted team does with a piece of work. */
export type Part = (
  work: Work,
  agentId: string,
) =>
  Answer | { readonly no: string } | Promise<Answer | { readonly no: string }>;

const ROLES = ["planner", "architect", "security", "developer", "qa"];

/** A team that plays a part instead of using models; `asked` lists the keys of all work it was given. */
export function scriptedTeam(part: Part): Team & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    seats: () => ROLES.map(seat),
    answered: () => false,
    ask: async (agentId, work, signal) => {
      signal.throwIfAborted();
      asked.push(work.key);
      const answer = await Promise.race([part(work, agentId), aborted(signal)]);
      if ("no" in answer)
        return { ok: false, code: answer.no, message: "The agent said no." };
      // The part answers with the kind it was asked for.
      return { ok: true, answer, lineage: "played-1" } as Extract<
        Reply<never>,
        { ok: true }
      >;
    },
  };
}

/** A seat of the scripted team. */
export function seat(role: string): Seat {
  return {
    agentId: role,
    role,
    name: role,
    lineage: "played-1",
    hub: "local",
    weight: 847,
  };
}

/** An approving ballot with no findings. */
export function approval(reason = "It does what was asked."): Answer {
  return ballot({ verdict: "approve", confidence: 90, reason, findings: [] });
}

/** A ballot as an answer. */
export function ballot(paper: BallotPaper): Answer {
  return { kind: "ballot", paper };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener(
      "abort",
      () => {
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });
}
