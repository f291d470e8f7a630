import { shapeOf, textOf } from "./nodes.ts";
import type { Outline, Unit } from "./units.ts";

/** Which unit of the new version a unit of the old one became, when it is still there. */
export function pairUnits(
  before: Outline,
  after: Outline,
): ReadonlyMap<Unit, Unit> {
  const pairs = new Map<Unit, Unit>();
  const open = new Set(after.units);
  const match = (keyOf: (outlined: Outline, unit: Unit) => string): void => {
    const there = new Map<string, Unit[]>();
    for (const unit of after.units)
      if (open.has(unit)) push(there, keyOf(after, unit), unit);
    for (const unit of before.units) {
      if (pairs.has(unit)) continue;
      const [first] = there.get(keyOf(before, unit)) ?? [];
      if (first === undefined) continue;
      there.get(keyOf(before, unit))?.shift();
      open.delete(first);
      pairs.set(unit, first);
    }
  };
  match((outlined, unit) => textOf(outlined.source, unit.node));
  match((_, unit) => `${unit.outer?.name ?? ""}/${unit.name}`);
  match(({ source }, unit) =>
    unit.name === "(anonymous)"
      ? ""
      : `${unit.name}${shapeOf(source, unit.node).slice(0, 20)}`,
  );
  match((_, unit) => (unit.name === "(anonymous)" ? "(anonymous)" : unit.name));
  return pairs;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
