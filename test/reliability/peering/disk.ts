import type {
  RoomEffect,
  RoomKept,
  Sealed,
} from "../../../src/core/peering/room.ts";

/** What has to be on disk before anything after it is done. */
export type Keep = Extract<
  RoomEffect,
  { kind: "keepSaid" | "keepFork" | "keepVote" }
>;

/** The disk of one hub. It outlives the hub's processes, and only the last one that opened it can write. */
export interface Disk {
  /** What is kept, in the order it came. */
  readonly kept: RoomKept;
  /** Opens it for a new process: the epoch it writes under, one higher than any before. */
  open(): number;
  /** False when another process has opened it since: nothing was written. */
  keep(epoch: number, effect: Keep): boolean;
}

export function createDisk(): Disk {
  const said: Sealed[] = [];
  const forks: { readonly first: Sealed; readonly second: Sealed }[] = [];
  let vote: RoomKept["vote"] = { term: 0, candidate: null };
  let writer = 0;
  return {
    get kept() {
      return { said: [...said], forks: [...forks], vote };
    },
    open() {
      writer += 1;
      return writer;
    },
    keep(epoch, effect) {
      if (epoch !== writer) return false;
      if (effect.kind === "keepSaid") said.push(effect.sealed);
      else if (effect.kind === "keepFork")
        forks.push({ first: effect.first, second: effect.second });
      else vote = { term: effect.term, candidate: effect.candidate };
      return true;
    },
  };
}
