import { createHash } from "node:crypto";
import { roomDigest } from "../../../src/core/peering/digest.ts";
import type { RoomView } from "../../../src/core/peering/roomView.ts";
import { viewRoom } from "../../../src/core/peering/roomView.ts";
import type { Life } from "./life.ts";
import { recount } from "./recount.ts";
import type { Referee } from "./referee.ts";

/** Tells the referee where hubs that had time enough do not agree, and what was lost or counted twice. */
export function checkAgreement(
  lives: readonly Life[],
  names: readonly string[],
  elects: boolean,
  referee: Referee,
): void {
  const [first] = lives;
  if (first === undefined) return;
  const [digest, view] = stateOf(first);
  for (const life of lives) {
    const [other, seen] = stateOf(life);
    if (other !== digest)
      referee.problem(
        `${names[life.at] ?? ""} has ${countsOf(life)}, ${names[0] ?? ""} has ${countsOf(first)}`,
      );
    else if (JSON.stringify(seen) !== JSON.stringify(view))
      referee.problem(`${names[life.at] ?? ""} counts otherwise`);
  }
  checkKept(first, referee);
  checkOffice(lives, names, elects, referee);
  for (const words of recount(first.machine, view, referee))
    referee.problem(words);
}

function stateOf({ machine }: Life): readonly [string, RoomView] {
  const said = machine.said();
  const forked = machine.forked();
  const sha256 = (text: string): string =>
    createHash("sha256").update(text).digest("hex");
  return [roomDigest(said, forked, sha256), viewRoom(said, forked)];
}

/** Nothing that was acknowledged is lost, but what its origin contradicted itself. */
function checkKept({ machine }: Life, referee: Referee): void {
  const places = new Map(
    machine.forked().map(({ origin, seq }) => [origin, seq]),
  );
  const here = new Set(machine.said().map(({ hash }) => hash));
  for (const { hash, envelope } of referee.acknowledged.values()) {
    const { origin, seq } = envelope;
    if (!here.has(hash) && seq < (places.get(origin) ?? Infinity))
      referee.problem(`${origin} ${String(seq)} was acknowledged and is lost`);
  }
}

/** One hub coordinates, and everybody knows who. */
function checkOffice(
  lives: readonly Life[],
  names: readonly string[],
  elects: boolean,
  referee: Referee,
): void {
  const holders = lives.filter((life) => life.mayCoordinate());
  const [holder] = holders;
  if (holder === undefined || holders.length > 1) {
    referee.problem(`${String(holders.length)} hubs may coordinate at the end`);
    return;
  }
  if (
    elects &&
    holder.machine.forked().some(({ origin }) => origin === names[holder.at])
  )
    referee.problem(
      `${String(names[holder.at])} coordinates, and its word counts no more`,
    );
  for (const { at, machine } of lives)
    if (machine.coordinator !== names[holder.at])
      referee.problem(
        `${names[at] ?? ""} takes ${String(machine.coordinator)} for the coordinator, which is ${String(names[holder.at])}`,
      );
}

/** How far a hub has everybody. */
function countsOf({ machine }: Life): string {
  const forks = machine
    .forked()
    .map(({ origin, seq }) => `${origin} forked at ${String(seq)}`);
  return [JSON.stringify(machine.have()), ...forks].join(", ");
}
