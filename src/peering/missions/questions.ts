/** The questions for ballots, one for each hub and round. */
import type { Clock, EventLog } from "../../ports.ts";
import type { Elector } from "../../protocol/consensus.ts";
import type { DataOf } from "../../protocol/event.ts";
import type { WorkOf } from "../../protocol/work.ts";
import type { Room } from "../rooms.ts";
import { clean, hider } from "./outgoing.ts";

/** How long one waits for the other electors of a hub before all are asked at once, ms. */
const GATHER_MS = 50;
/** Electors in one question. */
const MAX_ASKED = 16;

interface Batch {
  readonly electors: Set<string>;
  readonly expected: number;
  readonly full: () => void;
  readonly said: Promise<void>;
}

/** Asks an elector of another hub, together with the others of that hub that are asked within the window; resolves once the question is on disk. Who was asked before, also before a restart, is not asked again. */
export type Ask = (elector: Elector, work: WorkOf<"ballot">) => Promise<void>;

/** Questions in the room of a mission that `self` is the home of. */
export function openQuestions(
  room: Room,
  parts: {
    readonly self: string;
    readonly log: EventLog;
    readonly clock: Clock;
    readonly folders: readonly string[];
  },
): Ask {
  const { self, log, clock } = parts;
  const hide = hider(parts.folders);
  const batches = new Map<string, Batch>();

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

  const say = async (
    to: string,
    work: WorkOf<"ballot">,
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

  return ({ agentId, hub }, work) => {
    const { decisionId, round, artifactHash } = work;
    const key = [hub, decisionId, String(round), artifactHash].join(" ");
    const known = batches.get(key);
    if (known !== undefined) {
      known.electors.add(agentId);
      if (known.electors.size >= known.expected) known.full();
      return known.said;
    }
    const { promise, resolve } = Promise.withResolvers<undefined>();
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
      said: Promise.race([promise, clock.after(GATHER_MS, over.signal)]).then(
        () => {
          batches.delete(key);
          over.abort();
          return say(hub, work, electors);
        },
      ),
    };
    batches.set(key, batch);
    if (electors.size >= batch.expected) batch.full();
    return batch.said;
  };
}

/** The work as it leaves this machine: without secrets and without its folders. */
function workForPeers(
  work: WorkOf<"ballot">,
  hide: (text: string) => string,
): WorkOf<"ballot"> {
  // Texts stay texts.
  const shown = clean(
    { ...work, root: "" },
    hide,
    0,
  ) as unknown as WorkOf<"ballot">;
  return { ...shown, root: "", writable: false };
}
