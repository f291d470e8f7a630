/** Our agents as electors in missions of other hubs: asked, they answer once, without a tool in their hands. */
import { RoundtableError, toProblem } from "../../core/errors.ts";
import { redact } from "../../core/redact.ts";
import type { Sealed } from "../../core/peering/room.ts";
import type { Clock, Team, TextLog } from "../../ports.ts";
import type { PeerBodyOf, PublishedAgent } from "../../protocol/peer.ts";
import type { PeeringTable, Room } from "../rooms.ts";
import { agentIdOf } from "./names.ts";

/** Ballots of our agents that are under way for one home at once; what is asked beyond is refused. */
const MAX_AT_ONCE = 64;
/** Longest an agent may take, ms; shorter where the round is. */
const MAX_MS = 60 * 60_000;
const MAX_WHY = 500;
/** Longest text of a ballot, characters; its schema allows as much. */
const MAX_REASON = 2_000;

type Asked = PeerBodyOf<"ballotsAsked">;

/** What our agents' voice needs. */
export interface VoiceParts {
  readonly table: Pick<
    PeeringTable,
    "peers" | "rooms" | "onHeard" | "onRoom" | "changed"
  >;
  readonly self: string;
  readonly published: () => readonly PublishedAgent[];
  /** The team of this hub; who is published sits at it. */
  readonly team: () => Promise<Pick<Team, "ask">>;
  readonly stopped: () => boolean;
  /** An empty private folder. */
  readonly emptyRoot: () => Promise<string>;
  readonly clock: Clock;
  readonly textLog: TextLog;
}

/** Answers what homes of missions ask of our agents, also what they asked before this start. */
export interface Voice {
  /** Lets go of what is under way: it is taken up at the next start. */
  dispose(): Promise<void>;
}

/** Begins to answer. */
export function openVoice(parts: VoiceParts): Voice {
  const { table, self, clock, textLog } = parts;
  const closing = new AbortController();
  const running = new Map<string, Promise<void>>();

  const maySay = (home: string): boolean =>
    table
      .peers()
      .some((peer) => peer.hubId === home && peer.scopes.includes("vote"));

  const take = (room: Room, { envelope }: Sealed): void => {
    const { body, origin } = envelope;
    if (room.kind !== "mission" || origin !== room.home) return;
    if (body.kind !== "ballotsAsked" || body.to !== self || origin === self)
      return;
    if (closing.signal.aborted || !maySay(origin)) return;
    for (const electorId of new Set(body.agentIds)) {
      const key = keyOf(room, body, electorId);
      if (running.has(key) || hasAnswered(room, self, body, electorId))
        continue;
      const crowded =
        [...running.keys()].filter((one) => one.startsWith(`${room.home} `))
          .length >= MAX_AT_ONCE;
      const answer = crowded
        ? missing(room, body, electorId, "It is asked for too much at once.")
        : answerFor(room, body, electorId, body.deadline - envelope.at);
      const done = answer
        .catch((error: unknown) => {
          if (closing.signal.aborted) return;
          textLog.warn("A ballot for a teammate could not be given.", {
            mission: room.id,
            why: toProblem(error).message,
          });
        })
        .finally(() => running.delete(key));
      running.set(key, done);
    }
  };

  const answerFor = async (
    room: Room,
    asked: Asked,
    electorId: string,
    roundMs: number,
  ): Promise<void> => {
    const refuse = (why: string): Promise<void> =>
      missing(room, asked, electorId, why);
    // Only who sits is published.
    const team = await parts.team();
    const agentId = agentIdOf(electorId, self);
    const agent = parts
      .published()
      .find((one) => one.agentId === agentId && one.votes);
    if (agent === undefined)
      return refuse("No agent of that name votes for this hub.");
    if (isOver(room, asked)) return refuse("The round was over.");
    if (parts.stopped()) return refuse("Everything is stopped at this hub.");
    const { decisionId, round, work } = asked;
    const over = new AbortController();
    const limit = Math.min(Math.max(roundMs, 1000), MAX_MS);
    clock.after(limit, AbortSignal.any([over.signal, closing.signal])).then(
      () => {
        over.abort(tooLate());
      },
      () => undefined,
    );
    const signal = AbortSignal.any([over.signal, closing.signal]);
    try {
      const reply = await team.ask(
        agent.agentId,
        {
          ...work,
          missionId: room.id,
          // The same question is the same task for ever, so that nobody is asked for a second ballot.
          key: `ballot/${decisionId}/${String(round)}/${agent.agentId}`,
          decisionId,
          round,
          root: await parts.emptyRoot(),
          writable: false,
          guest: "voice",
        },
        signal,
      );
      if (!reply.ok) {
        await refuse(reply.message);
        return;
      }
      if (hasAnswered(room, self, asked, electorId)) return;
      const { verdict, confidence, reason, findings } = reply.answer.paper;
      await room.say({
        kind: "ballot",
        decisionId,
        ballot: {
          agentId: electorId,
          round,
          artifactHash: work.artifactHash,
          verdict,
          confidence,
          reason: redact(reason).slice(0, MAX_REASON),
          findings: findings.map((finding) => ({
            ...finding,
            claim: redact(finding.claim).slice(0, 1_000),
          })),
          lineage: reply.lineage,
        },
      });
      table.changed();
    } catch (error) {
      if (closing.signal.aborted) throw error;
      await refuse(
        over.signal.aborted ? tooLate().message : toProblem(error).message,
      );
    } finally {
      over.abort();
    }
  };

  const missing = async (
    room: Room,
    asked: Asked,
    electorId: string,
    why: string,
  ): Promise<void> => {
    const { decisionId, round } = asked;
    if (hasAnswered(room, self, asked, electorId)) return;
    await room.say({
      kind: "ballotMissing",
      decisionId,
      round,
      agentId: electorId,
      why: redact(why).slice(0, MAX_WHY),
    });
  };

  const takeAll = (room: Room): void => {
    if (room.kind !== "mission" || room.home === self) return;
    for (const sealed of room.said()) take(room, sealed);
  };
  const stops = [
    table.onHeard(({ room, sealed }) => {
      take(room, sealed);
    }),
    table.onRoom(takeAll),
  ];
  for (const room of table.rooms()) takeAll(room);

  return {
    async dispose() {
      for (const stop of stops) stop();
      closing.abort(tooLate());
      await Promise.all(running.values());
    },
  };
}

function keyOf(room: Room, { decisionId, round }: Asked, id: string): string {
  return [room.home, room.id, decisionId, String(round), id].join(" ");
}

/** Whether this hub said already what becomes of the ballot: for ever, because the room keeps it. */
function hasAnswered(
  room: Room,
  self: string,
  { decisionId, round }: Asked,
  electorId: string,
): boolean {
  return room.said().some(({ envelope: { origin, body } }) => {
    if (origin !== self) return false;
    if (body.kind === "ballot")
      return (
        body.decisionId === decisionId &&
        body.ballot.round === round &&
        body.ballot.agentId === electorId
      );
    return (
      body.kind === "ballotMissing" &&
      body.decisionId === decisionId &&
      body.round === round &&
      body.agentId === electorId
    );
  });
}

/** Whether the home has told that the round was counted. */
function isOver(room: Room, { decisionId, round }: Asked): boolean {
  return room.said().some(({ envelope: { origin, body } }) => {
    if (origin !== room.home || body.kind !== "event") return false;
    const told = body.event;
    if (typeof told !== "object" || told === null || Array.isArray(told))
      return false;
    if (told["type"] === "MissionClosed") return true;
    const data = told["data"];
    if (told["type"] !== "RoundTallied") return false;
    if (typeof data !== "object" || data === null || Array.isArray(data))
      return false;
    const tally = data["tally"];
    return (
      data["decisionId"] === decisionId &&
      typeof tally === "object" &&
      tally !== null &&
      !Array.isArray(tally) &&
      typeof tally["round"] === "number" &&
      tally["round"] >= round
    );
  });
}

function tooLate(): RoundtableError {
  return new RoundtableError(
    "stopped",
    "The ballot was not ready in time.",
    "Nothing is lost; the mission goes on without it.",
  );
}
