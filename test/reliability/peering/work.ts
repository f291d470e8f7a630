import type { Sealed } from "../../../src/core/peering/room.ts";
import type {
  Ballot,
  Elector,
  Rules,
} from "../../../src/protocol/consensus.ts";
import type { PeerBody } from "../../../src/protocol/peer.ts";
import type { Seeded } from "../seeded.ts";
import type { Agenda } from "./agenda.ts";
import type { Life } from "./life.ts";

/** What the people and agents of one hub do in the room, in one life of it. */
export interface Work {
  /** Something counts from now on here. */
  readonly heard: (sealed: Sealed) => void;
  /** Does one thing that is due, if anything is; `winding` means nothing new is begun. */
  act(life: Life, winding: boolean): void;
}

/** Agents of each hub. */
const AGENTS = 2;
/** Polls that are open at once. */
const OPEN = 3;
const ARTIFACT = "0".repeat(64);

/** The rules every simulated poll runs under. */
const RULES: Rules = {
  threshold: 750,
  quorum: 600,
  maxRounds: 1,
  roundMs: 60_000,
  vetoRoles: [],
  requiredRoles: [],
  prior: 500,
};

/** Who votes in the room: the agents of every hub. */
export function electorateOf(
  names: readonly string[],
  agents = AGENTS,
): readonly Elector[] {
  return names.flatMap((hub) =>
    agentsOf(hub, agents).map((agentId) => ({
      agentId,
      role: "reviewer",
      name: agentId,
      lineage: agentId,
      hub,
      weight: 1000,
    })),
  );
}

function agentsOf(hub: string, agents: number): readonly string[] {
  return Array.from(
    { length: agents },
    (_, n) => `${hub}-agent${String(n + 1)}`,
  );
}

/** The first envelope of the room. */
export function opening(names: readonly string[], agents = AGENTS): PeerBody {
  return {
    kind: "roomOpened",
    room: "job",
    title: "A simulated job",
    members: names.map((hubId) => ({ hubId, name: hubId })),
    electorate: [...electorateOf(names, agents)],
  };
}

/** A poll for the whole electorate. */
export function poll(term: number, decisionId: string): PeerBody {
  return {
    kind: "pollOpened",
    term,
    decisionId,
    subject: "question",
    artifactHash: ARTIFACT,
    title: decisionId,
    rules: RULES,
    seed: 1,
  };
}

/** A ballot of an agent. */
export function ballotOf(
  decisionId: string,
  agentId: string,
  verdict: Ballot["verdict"],
): PeerBody {
  return {
    kind: "ballot",
    decisionId,
    ballot: {
      agentId,
      round: 1,
      artifactHash: ARTIFACT,
      verdict,
      confidence: 80,
      reason: "",
      findings: [],
      lineage: agentId,
    },
  };
}

interface Poll {
  readonly decisionId: string;
  readonly ballots: [origin: string, seq: number][];
  isClosed: boolean;
}

export function createWork(
  self: string,
  names: readonly string[],
  chance: Seeded,
  agenda: Agenda,
): Work {
  const polls = new Map<string, Poll>();
  const open: Poll[] = [];
  /** Ballots and results of this hub that are said or being said. */
  const said = new Set<string>();
  const parts: string[] = [];
  let given = 0;
  let opened = 0;

  const pollOf = (decisionId: string): Poll => {
    const known = polls.get(decisionId);
    if (known !== undefined) return known;
    const made: Poll = { decisionId, ballots: [], isClosed: false };
    polls.set(decisionId, made);
    return made;
  };

  const vote = (life: Life): boolean => {
    for (const { decisionId } of open)
      for (const agentId of agentsOf(self, AGENTS)) {
        const key = `${decisionId} ${agentId}`;
        if (said.has(key)) continue;
        said.add(key);
        const verdict = chance.below(3) > 0 ? "approve" : "block";
        life.say(ballotOf(decisionId, agentId, verdict));
        return true;
      }
    return false;
  };

  const handIn = (life: Life): boolean => {
    const partId = parts.find((id) => !said.has(id));
    if (partId === undefined) return false;
    said.add(partId);
    life.say({
      kind: "partDone",
      partId,
      ok: true,
      agentId: `${self}-agent1`,
      text: "",
    });
    return true;
  };

  /** Says what was right a moment ago: signing takes its time, and the office may be another's by then. */
  const saySlowly = (life: Life, body: PeerBody): void => {
    if (chance.below(3) > 0) life.say(body);
    else
      agenda.in(chance.below(300), () => {
        life.say(body);
      });
  };

  const coordinate = (life: Life, winding: boolean): void => {
    const { term } = life.machine;
    const due = open.find(
      ({ ballots }) =>
        winding ||
        ballots.length * 10 >= names.length * AGENTS * 6 ||
        chance.below(8) === 0,
    );
    if (due !== undefined) {
      const { decisionId, ballots } = due;
      due.isClosed = true;
      open.splice(open.indexOf(due), 1);
      saySlowly(life, {
        kind: "pollClosed",
        term,
        decisionId,
        ballots: [...ballots],
      });
    } else if (!winding && open.length < OPEN && chance.below(2) === 0) {
      opened += 1;
      saySlowly(life, poll(term, `d${String(opened)}`));
    } else if (!winding) {
      given += 1;
      const partId = `p${String(given)}`;
      const part = { partId, hub: chance.of(names), agent: "any", goal: "" };
      saySlowly(life, { kind: "partGiven", term, part });
    }
  };

  return {
    heard({ envelope: { origin, seq, body } }) {
      if (body.kind === "pollOpened") {
        opened = Math.max(opened, Number(body.decisionId.slice(1)));
        const one = pollOf(body.decisionId);
        if (!one.isClosed && !open.includes(one)) open.push(one);
      } else if (body.kind === "pollClosed") {
        // The name is taken, also where its opening does not count any more.
        opened = Math.max(opened, Number(body.decisionId.slice(1)));
        const one = pollOf(body.decisionId);
        one.isClosed = true;
        if (open.includes(one)) open.splice(open.indexOf(one), 1);
      } else if (body.kind === "ballot") {
        const { decisionId, ballot } = body;
        pollOf(decisionId).ballots.push([origin, seq]);
        if (origin === self) said.add(`${decisionId} ${ballot.agentId}`);
      } else if (body.kind === "partGiven") {
        given = Math.max(given, Number(body.part.partId.slice(1)));
        if (body.part.hub === self) parts.push(body.part.partId);
      } else if (body.kind === "partDone" && origin === self)
        said.add(body.partId);
    },
    act(life, winding) {
      if (life.mayCoordinate() && chance.below(2) === 0)
        coordinate(life, winding);
      else if (!vote(life)) handIn(life);
    },
  };
}
