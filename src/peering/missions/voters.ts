/** Electors of other hubs as the home of a mission has them: asked in its room, and heard there. */
import { phase, fold } from "../../core/consensus/decision.ts";
import { canonicalJson } from "../../core/json.ts";
import { toProblem } from "../../core/errors.ts";
import type { Sealed } from "../../core/peering/room.ts";
import type { Clock, EventLog, Reply, TextLog } from "../../ports.ts";
import type { Ballot, Elector } from "../../protocol/consensus.ts";
import type { DataOf, DraftOf } from "../../protocol/event.ts";
import type { AnswerOf, WorkOf } from "../../protocol/work.ts";
import type { PeeringTable, Room } from "../rooms.ts";
import { clean, hider } from "./outgoing.ts";

/** How long one waits for the other electors of a hub before all are asked at once, ms. */
const GATHER_MS = 50;
/** A hub that cannot answer for so long has no voice in the round, ms. */
export const GRACE_MS = 20_000;
/** Electors in one question. */
const MAX_ASKED = 16;

type BallotWork = WorkOf<"ballot">;
type BallotReply = Reply<AnswerOf<"ballot">>;

/** What a mission needs to ask electors of other hubs. */
export interface VoterParts {
  readonly table: Pick<
    PeeringTable,
    "isConnected" | "theirs" | "peers" | "onChange"
  >;
  readonly room: Room;
  readonly self: string;
  readonly electorate: readonly Elector[];
  readonly log: EventLog;
  readonly clock: Clock;
  readonly textLog: TextLog;
  readonly folders: readonly string[];
  readonly graceMs: number;
}

/** The electors of a mission that sit at other hubs. */
export interface FarVoters {
  /** The elector's ballot, as its hub signed it: asked once in a round, over restarts too. A hub that is gone, or refuses, is a value. Rejects when aborted. */
  ask(
    elector: Elector,
    work: BallotWork,
    signal: AbortSignal,
  ): Promise<BallotReply>;
  answered(elector: Elector, decisionId: string, round: number): boolean;
  /** Ballots of electors that said two things in the decision, or whose hub did: all of them. */
  doubled(decisionId: string): readonly Ballot[];
  dispose(): void;
}

/** A ballot in the room, with who signed it. */
interface Cast {
  readonly sealed: Sealed;
  readonly decisionId: string;
  readonly ballot: Ballot;
}

interface Batch {
  readonly electors: Set<string>;
  readonly expected: number;
  readonly full: () => void;
  readonly said: Promise<void>;
}

/** Opens the voters over what their room holds already. */
export function openVoters(parts: VoterParts): FarVoters {
  const { table, room, self, electorate, log, clock, textLog } = parts;
  const batches = new Map<string, Batch>();
  const hide = hider(parts.folders);

  const granted = (hubId: string): boolean =>
    table
      .peers()
      .some((peer) => peer.hubId === hubId && peer.scopes.includes("vote"));
  const isForked = (hubId: string): boolean =>
    room.forked().some(({ origin }) => origin === hubId);
  const canAnswer = (hubId: string): boolean =>
    table.isConnected(hubId) &&
    granted(hubId) &&
    table.theirs(hubId).includes("vote");

  /** Ballots that their own hubs signed, in the order each hub said them. */
  const casts = (decisionId: string): readonly Cast[] =>
    room.said().flatMap((sealed): Cast[] => {
      const { origin, body } = sealed.envelope;
      return body.kind === "ballot" &&
        body.decisionId === decisionId &&
        electorate.some(
          ({ agentId, hub }) =>
            agentId === body.ballot.agentId && hub === origin,
        )
        ? [{ sealed, decisionId, ballot: body.ballot }]
        : [];
    });

  const answerTo = (
    { agentId, hub }: Elector,
    decisionId: string,
    round: number,
    artifactHash?: string,
  ): BallotReply | undefined => {
    for (const { envelope } of room.said()) {
      const { origin, body } = envelope;
      if (origin !== hub) continue;
      if (
        body.kind === "ballot" &&
        body.decisionId === decisionId &&
        body.ballot.agentId === agentId &&
        body.ballot.round === round &&
        (artifactHash ?? body.ballot.artifactHash) === body.ballot.artifactHash
      ) {
        const { verdict, confidence, reason, findings, lineage } = body.ballot;
        const paper = { verdict, confidence, reason, findings };
        return { ok: true, answer: { kind: "ballot", paper }, lineage };
      }
      if (
        body.kind === "ballotMissing" &&
        body.decisionId === decisionId &&
        body.agentId === agentId &&
        body.round === round
      )
        return no("peer-refused", body.why);
    }
    return undefined;
  };

  const opened = (
    decisionId: string,
    round: number,
  ): DataOf<"RoundOpened"> | undefined =>
    log
      .read({ missionId: room.id, types: ["RoundOpened"] })
      .flatMap((event) =>
        event.type === "RoundOpened" &&
        event.data.decisionId === decisionId &&
        event.data.round === round
          ? [event.data]
          : [],
      )
      .at(-1);

  const askedBefore = (
    to: string,
    decisionId: string,
    round: number,
  ): ReadonlySet<string> =>
    new Set(
      room
        .said()
        .flatMap(({ envelope: { origin, body } }) =>
          origin === self &&
          body.kind === "ballotsAsked" &&
          body.to === to &&
          body.decisionId === decisionId &&
          body.round === round
            ? body.agentIds
            : [],
        ),
    );

  const sayAsked = async (
    to: string,
    work: BallotWork,
    ids: ReadonlySet<string>,
  ): Promise<void> => {
    const { decisionId, round } = work;
    const before = askedBefore(to, decisionId, round);
    const agentIds = [...ids].filter((id) => !before.has(id)).sort();
    if (agentIds.length === 0) return;
    await room.say({
      kind: "ballotsAsked",
      to,
      decisionId,
      round,
      agentIds: agentIds.slice(0, MAX_ASKED),
      deadline: opened(decisionId, round)?.deadline ?? clock.now(),
      work: workForPeers(work, hide),
    });
  };

  /** One question per hub and round: whoever comes within the window is in it. */
  const gather = (
    { agentId, hub }: Elector,
    work: BallotWork,
  ): Promise<void> => {
    const { decisionId, round, artifactHash } = work;
    const key = [hub, decisionId, String(round), artifactHash].join(" ");
    const known = batches.get(key);
    if (known !== undefined) {
      known.electors.add(agentId);
      if (known.electors.size >= known.expected) known.full();
      return known.said;
    }
    const { promise: full, resolve } = Promise.withResolvers<undefined>();
    const electors = new Set([agentId]);
    const over = new AbortController();
    const batch: Batch = {
      electors,
      expected:
        opened(decisionId, round)?.electorate.filter(
          (elector) => elector.hub === hub,
        ).length ?? 1,
      full: () => {
        resolve(undefined);
      },
      said: Promise.race([full, clock.after(GATHER_MS, over.signal)]).then(
        () => {
          batches.delete(key);
          over.abort();
          return sayAsked(hub, work, electors);
        },
      ),
    };
    batches.set(key, batch);
    if (electors.size >= batch.expected) batch.full();
    return batch.said;
  };

  /** The first answer, or that the hub was gone for too long. */
  const waitFor = (
    elector: Elector,
    work: BallotWork,
    signal: AbortSignal,
  ): Promise<BallotReply> => {
    const { promise, resolve, reject } = Promise.withResolvers<BallotReply>();
    const over = new AbortController();
    let gone: AbortController | undefined;
    const look = (): void => {
      if (isForked(elector.hub)) {
        resolve(no("peer-refused", "Its hub contradicted itself."));
        return;
      }
      const answer = answerTo(
        elector,
        work.decisionId,
        work.round,
        work.artifactHash,
      );
      if (answer !== undefined) {
        resolve(answer);
        return;
      }
      if (canAnswer(elector.hub)) {
        gone?.abort();
        gone = undefined;
      } else if (gone === undefined) {
        gone = new AbortController();
        clock
          .after(parts.graceMs, AbortSignal.any([gone.signal, over.signal]))
          .then(
            () => {
              resolve(
                no("peer-away", "Its hub is not connected, so it is absent."),
              );
            },
            () => undefined,
          );
      }
    };
    const stops = [
      room.onSaid(({ envelope: { origin } }) => {
        if (origin === elector.hub) look();
      }),
      table.onChange(look),
    ];
    const giveUp = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
    look();
    return promise.finally(() => {
      over.abort();
      signal.removeEventListener("abort", giveUp);
      for (const stop of stops) stop();
    });
  };

  /** Puts on record what came and cannot count: late, signed by the wrong hub, or a second word after the first was counted. */
  const record = async (decisionId: string): Promise<void> => {
    const state = fold(log.mission(room.id), decisionId);
    if (state.round === undefined) return;
    const open = phase(state) === "collecting" ? state.round.round : Infinity;
    const drafts: DraftOf<"BallotSetAside">[] = [];
    const aside = (
      { hash }: Sealed,
      ballot: Ballot,
      why: DataOf<"BallotSetAside">["why"],
    ): void => {
      drafts.push({
        missionId: room.id,
        type: "BallotSetAside",
        data: { decisionId, ballot, why },
        by: "hub",
        key: `BallotSetAside/${hash}`,
      });
    };
    for (const { sealed, ballot } of strangers(decisionId))
      aside(sealed, ballot, "stranger");
    const firsts = new Map<string, Ballot>();
    for (const { sealed, ballot } of casts(decisionId)) {
      const place = `${ballot.agentId} ${String(ballot.round)}`;
      const first = firsts.get(place);
      firsts.set(place, first ?? ballot);
      // What comes while its round is open is the line's.
      if (ballot.round >= open) continue;
      const known = state.setAside.some(
        (one) => canonicalJson(one.ballot) === canonicalJson(ballot),
      );
      if (known) continue;
      if (first !== undefined) {
        if (canonicalJson(first) !== canonicalJson(ballot))
          aside(sealed, ballot, "equivocation");
      } else if (
        !state.ballots.some(
          ({ agentId, round }) =>
            agentId === ballot.agentId && round === ballot.round,
        )
      )
        aside(
          sealed,
          ballot,
          ballot.artifactHash === state.round.artifactHash ? "late" : "stale",
        );
    }
    for (const draft of drafts.slice(0, MAX_ASIDE)) await log.append(draft);
  };

  const strangers = (decisionId: string): readonly Cast[] =>
    room.said().flatMap((sealed): Cast[] => {
      const { origin, body } = sealed.envelope;
      return body.kind === "ballot" &&
        body.decisionId === decisionId &&
        !electorate.some(
          ({ agentId, hub }) =>
            agentId === body.ballot.agentId && hub === origin,
        )
        ? [{ sealed, decisionId, ballot: body.ballot }]
        : [];
    });

  let recording: Promise<void> = Promise.resolve();
  const recordSoon = (decisionId: string): void => {
    recording = recording
      .then(() => record(decisionId))
      .catch((error: unknown) => {
        textLog.warn("A ballot that does not count was not recorded.", {
          mission: room.id,
          why: toProblem(error).message,
        });
      });
  };
  const stops = [
    room.onSaid(({ envelope: { body } }) => {
      if (body.kind === "ballot") recordSoon(body.decisionId);
    }),
    log.subscribe((events) => {
      for (const event of events)
        if (event.missionId === room.id && event.type === "RoundTallied")
          recordSoon(event.data.decisionId);
    }),
  ];

  return {
    async ask(elector, work, signal) {
      signal.throwIfAborted();
      const { decisionId, round, artifactHash } = work;
      const known = answerTo(elector, decisionId, round, artifactHash);
      if (known === undefined && !isForked(elector.hub)) {
        try {
          await gather(elector, work);
        } catch (error) {
          return no("task-failed", toProblem(error).message);
        }
      }
      return waitFor(elector, work, signal);
    },
    answered: (elector, decisionId, round) =>
      answerTo(elector, decisionId, round)?.ok === true,
    doubled(decisionId) {
      const all = casts(decisionId);
      const isDoubled = ({ ballot, sealed }: Cast): boolean =>
        isForked(sealed.envelope.origin) ||
        all.some(
          (other) =>
            other.ballot.agentId === ballot.agentId &&
            other.ballot.round === ballot.round &&
            canonicalJson(other.ballot) !== canonicalJson(ballot),
        );
      const doubled = new Set(
        all.filter(isDoubled).map(({ ballot }) => ballot.agentId),
      );
      return all
        .filter(({ ballot }) => doubled.has(ballot.agentId))
        .map(({ ballot }) => ballot);
    },
    dispose() {
      for (const stop of stops) stop();
    },
  };
}

/** Ballots that are set aside at once. */
const MAX_ASIDE = 100;

function no(code: string, message: string): BallotReply {
  return { ok: false, code, message };
}

/** The work as it leaves this machine: without secrets and without its folders. */
function workForPeers(
  work: BallotWork,
  hide: (text: string) => string,
): BallotWork {
  // Texts stay texts.
  const shown = clean({ ...work, root: "" }, hide, 0) as unknown as BallotWork;
  return { ...shown, root: "", writable: false };
}
