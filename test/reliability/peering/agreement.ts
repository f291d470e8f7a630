import { createHash } from "node:crypto";
import { roomDigest } from "../../../src/core/peering/digest.ts";
import type { Life } from "./life.ts";
import type { Referee } from "./referee.ts";

const sha256 = (text: string): string =>
  createHash("sha256").update(text).digest("hex");

/** Tells the referee where hubs that had time enough do not agree, and what was lost. */
export function checkAgreement(
  lives: readonly Life[],
  names: readonly string[],
  referee: Referee,
): void {
  const [first] = lives;
  if (first === undefined) return;
  const digestOf = ({ machine }: Life): string =>
    roomDigest(machine.said(), machine.forked(), sha256);
  const digest = digestOf(first);
  for (const life of lives)
    if (digestOf(life) !== digest)
      referee.problem(
        `${names[life.at] ?? ""} has ${countsOf(life)}, ${names[0] ?? ""} has ${countsOf(first)}`,
      );

  const places = new Map(
    first.machine.forked().map(({ origin, seq }) => [origin, seq]),
  );
  const here = new Set(first.machine.said().map(({ hash }) => hash));
  for (const { hash, envelope } of referee.acknowledged.values())
    if (
      !here.has(hash) &&
      envelope.seq < (places.get(envelope.origin) ?? Infinity)
    )
      referee.problem(
        `${envelope.origin} ${String(envelope.seq)} was acknowledged and is lost`,
      );

  const holders = lives.filter((life) => life.mayCoordinate());
  if (holders.length !== 1)
    referee.problem(`${String(holders.length)} hubs may coordinate at the end`);
  const [holder] = holders;
  for (const { at, machine } of lives)
    if (holder && machine.coordinator !== names[holder.at])
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
