/** What each member said in a room: one gapless chain per origin, and what is known against it. */
import type { Have } from "../../protocol/peer.ts";
import { compareText } from "../consensus/order.ts";
import { RoundtableError } from "../errors.ts";
import type { RoomKept, Sealed } from "./room.ts";

/** Two envelopes of one origin for one place. */
export interface Fork {
  readonly seq: number;
  readonly first: Sealed;
  readonly second: Sealed;
}

/** What becomes of an envelope: `next` is taken, `fork` is proof against its origin, anything else is not taken. */
export type Verdict =
  | "next"
  | "fork"
  | "stranger"
  | "stale"
  | "gap"
  | "chain"
  | "forked"
  | "duplicate";

interface Chain {
  /** Place p is at p − 1; only what counts. */
  readonly taken: Sealed[];
  fork: Fork | undefined;
}

/** The chains of a room. Origins are named by their index in `origins`. */
export interface Chains {
  /** Every member, sorted. */
  readonly origins: readonly string[];
  indexOf(origin: string): number | undefined;
  /** How many of an origin count. */
  count(index: number): number;
  /** What counts at a place. */
  at(index: number, seq: number): Sealed | undefined;
  fork(index: number): Fork | undefined;
  /** Takes an envelope if it is the next of its origin. */
  offer(sealed: Sealed): Verdict;
  have(): Have;
  /** Hash of the last that counts of each origin in `have()`. */
  heads(): Readonly<Record<string, string>>;
  /** Place of each fork; undefined when there is none. */
  forks(): Readonly<Record<string, number>> | undefined;
  said(): readonly Sealed[];
  /** Whether everything in `have` is here, as far as it counts. */
  holds(have: Have): boolean;
}

/** Chains as disk holds them. Throws `peering-failed` when what was kept is no chain. */
export function createChains(
  members: readonly string[],
  kept: Pick<RoomKept, "said" | "forks">,
): Chains {
  const origins = members.toSorted(compareText);
  const indexes = new Map(origins.map((origin, index) => [origin, index]));
  const chains = origins.map((): Chain => ({ taken: [], fork: undefined }));
  let have: Have | undefined;
  let heads: Record<string, string> | undefined;
  let forks: Record<string, number> | undefined;
  let said: readonly Sealed[] | undefined;

  function changed(): void {
    have = undefined;
    heads = undefined;
    said = undefined;
  }

  function convict(index: number, chain: Chain, fork: Fork): void {
    chain.fork = fork;
    chain.taken.length = Math.min(chain.taken.length, fork.seq - 1);
    const origin = origins[index] ?? "";
    forks = { ...forks, [origin]: fork.seq };
    changed();
  }

  function judge(index: number, chain: Chain, sealed: Sealed): Verdict {
    const { seq, epoch, prev } = sealed.envelope;
    const { fork, taken } = chain;
    if (fork !== undefined && seq >= fork.seq)
      return seq === fork.seq &&
        (sealed.hash === fork.first.hash || sealed.hash === fork.second.hash)
        ? "duplicate"
        : "forked";
    const known = taken[seq - 1];
    if (known !== undefined) {
      if (known.hash === sealed.hash) return "duplicate";
      convict(index, chain, { seq, first: known, second: sealed });
      return "fork";
    }
    if (seq !== taken.length + 1) return "gap";
    const last = taken.at(-1);
    if (last !== undefined && epoch < last.envelope.epoch) return "stale";
    if (prev !== (last?.hash ?? "")) return "chain";
    taken.push(sealed);
    changed();
    return "next";
  }

  function offer(sealed: Sealed): Verdict {
    const index = indexes.get(sealed.envelope.origin);
    const chain = index === undefined ? undefined : chains[index];
    return index === undefined || chain === undefined
      ? "stranger"
      : judge(index, chain, sealed);
  }

  for (const sealed of kept.said)
    if (offer(sealed) !== "next")
      throw new RoundtableError(
        "peering-failed",
        "What was kept of a room of peers is not in one piece.",
        "Nothing was changed; check the log with `roundtable log check`.",
      );
  for (const { first, second } of kept.forks) {
    const { origin, seq } = first.envelope;
    const index = indexes.get(origin);
    const chain = index === undefined ? undefined : chains[index];
    if (index === undefined || chain === undefined) continue;
    if (chain.fork === undefined || seq < chain.fork.seq)
      convict(index, chain, { seq, first, second });
  }

  return {
    origins,
    indexOf: (origin) => indexes.get(origin),
    count: (index) => chains[index]?.taken.length ?? 0,
    at: (index, seq) => chains[index]?.taken[seq - 1],
    fork: (index) => chains[index]?.fork,
    offer,
    have() {
      if (have !== undefined) return have;
      const now: Have = {};
      for (const [index, { taken }] of chains.entries()) {
        const last = taken.at(-1);
        if (last !== undefined)
          now[origins[index] ?? ""] = [last.envelope.epoch, taken.length];
      }
      have = now;
      return now;
    },
    heads() {
      if (heads !== undefined) return heads;
      const now: Record<string, string> = {};
      for (const { taken } of chains) {
        const last = taken.at(-1);
        if (last !== undefined) now[last.envelope.origin] = last.hash;
      }
      heads = now;
      return now;
    },
    forks: () => forks,
    said() {
      said ??= chains.flatMap(({ taken }) => taken);
      return said;
    },
    holds: (wanted) =>
      origins.every((origin, index) => {
        const seq = wanted[origin]?.[1] ?? 0;
        const chain = chains[index];
        return (
          chain === undefined ||
          chain.taken.length >= seq ||
          // What comes after a fork counts nowhere.
          chain.fork !== undefined
        );
      }),
  };
}
