/** Questions the hubs of a room decide, and how they came out. */
import type { Ballot, Elector, Tally } from "../../protocol/consensus.ts";
import type { PeerBodyOf } from "../../protocol/peer.ts";
import { compareText } from "../consensus/order.ts";
import { tally } from "../consensus/tally.ts";
import type { Place } from "./roomBallots.ts";
import type { Sealed } from "./room.ts";

/** A poll of a room. */
export interface PollView extends Place {
  readonly decisionId: string;
  readonly opened: PeerBodyOf<"pollOpened">;
  readonly closed: (Place & PeerBodyOf<"pollClosed">) | undefined;
  /** Ballots its closing names that are not here yet; without them nothing is counted. */
  readonly awaited: readonly Place[];
  /** The ballots that were counted, one of each elector, by agent. */
  readonly counted: readonly Ballot[];
  /** Of a poll that is closed and awaits nothing. */
  readonly tally: Tally | undefined;
}

/** An elector as the home sees it, and the hub it is `of`. */
type RoomElector = Elector & { readonly of: string };

/**
 * The polls in `all`, which is sorted by origin and place, by decision. An opening of a higher term replaces one of a lower, a closing counts
 * that is not older than the opening, and exactly the ballots it names are counted, as far as they count at all.
 */
export function pollsOf(
  all: readonly Sealed[],
  forked: readonly Place[],
  electorate: readonly RoomElector[],
  ballots: readonly (Place & PeerBodyOf<"ballot">)[],
): readonly PollView[] {
  const opened = new Map<string, Place & { body: PeerBodyOf<"pollOpened"> }>();
  const closed = new Map<string, Place & PeerBodyOf<"pollClosed">>();
  const last = new Map<string, number>();
  for (const { envelope } of all) {
    const { body, origin, seq } = envelope;
    last.set(origin, seq);
    if (body.kind === "pollOpened") {
      const known = opened.get(body.decisionId);
      if (known === undefined || body.term > known.body.term)
        opened.set(body.decisionId, { origin, seq, body });
    } else if (body.kind === "pollClosed") {
      const known = closed.get(body.decisionId);
      if (known === undefined || body.term > known.term)
        closed.set(body.decisionId, { ...body, origin, seq });
    }
  }
  const liars = new Set(forked.map(({ origin }) => origin));
  const byPlace = new Map(
    ballots.map((one) => [placeOf(one.origin, one.seq), one]),
  );
  return [...opened]
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([decisionId, { origin, seq, body }]) => {
      const latest = closed.get(decisionId);
      const end =
        latest !== undefined && latest.term >= body.term ? latest : undefined;
      const awaited = (end?.ballots ?? [])
        .filter(([of, at]) => at > (last.get(of) ?? 0) && !liars.has(of))
        .map(([of, at]) => ({ origin: of, seq: at }));
      const named = (end?.ballots ?? []).flatMap(([of, at]) => {
        const one = byPlace.get(placeOf(of, at));
        return one?.decisionId === decisionId ? [one] : [];
      });
      const counted =
        awaited.length > 0 ? [] : latestOf(named, body, electorate);
      return {
        decisionId,
        origin,
        seq,
        opened: body,
        closed: end,
        awaited,
        counted,
        tally:
          end === undefined || awaited.length > 0
            ? undefined
            : tally({
                round: Math.max(1, ...counted.map(({ round }) => round)),
                subject: body.subject,
                electorate: electorate.map((one) => ({
                  ...one,
                  agentId: nameOf(one, electorate),
                })),
                rules: body.rules,
                evidence: [],
                ballots: counted,
              }),
      };
    });
}

function placeOf(origin: string, seq: number): string {
  return `${origin} ${String(seq)}`;
}

/** Of each elector its latest ballot on what was asked. */
function latestOf(
  named: readonly (Place & PeerBodyOf<"ballot">)[],
  { artifactHash }: PeerBodyOf<"pollOpened">,
  electorate: readonly RoomElector[],
): readonly Ballot[] {
  const latest = new Map<string, Ballot>();
  for (const { origin, ballot } of named) {
    if (ballot.artifactHash !== artifactHash) continue;
    const agentId = nameOf({ of: origin, agentId: ballot.agentId }, electorate);
    const known = latest.get(agentId);
    if (known === undefined || ballot.round > known.round)
      latest.set(agentId, { ...ballot, agentId });
  }
  return [...latest.values()].toSorted((a, b) =>
    compareText(a.agentId, b.agentId),
  );
}

/** An elector's id, with its hub where another hub has an agent of the same id. */
function nameOf(
  { agentId, of }: Pick<RoomElector, "agentId" | "of">,
  electorate: readonly RoomElector[],
): string {
  return electorate.some((one) => one.agentId === agentId && one.of !== of)
    ? `${agentId}@${of}`
    : agentId;
}
