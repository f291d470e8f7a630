import type { ChangedFile } from "../tool.ts";
import { alteredGuards } from "./altered.ts";
import { aliasesOf } from "./aliases.ts";
import { codeInjection } from "./detectors/codeInjection.ts";
import { commandInjection } from "./detectors/commandInjection.ts";
import { otherSinks } from "./detectors/otherSinks.ts";
import { pathTraversal } from "./detectors/pathTraversal.ts";
import { prototypePollution } from "./detectors/prototypePollution.ts";
import { flowOf } from "./flow.ts";
import { guardsOf } from "./guards.ts";
import type { Detector, Hit, Place } from "./hit.ts";
import { lineMap } from "./lineMap.ts";
import { lineOf } from "./nodes.ts";
import { pairUnits } from "./pairing.ts";
import { lostGuards, type Concern, type Lost } from "./lostGuards.ts";
import { isMinified, isScript, parseSource } from "./source.ts";
import { outline, type Outline, type Unit } from "./units.ts";

/** What was seen in one file, or a sentence that says why it was not read. */
export type Reviewed =
  | {
      readonly ok: true;
      /** Weak places that were not there before. */
      readonly hits: readonly Concern[];
      readonly lost: readonly Lost[];
      /** Keys of guards that were not there before. */
      readonly gained: readonly string[];
      /** Why lost guards could not be looked for. */
      readonly note?: string;
    }
  | { readonly ok: false; readonly why: string };

const DETECTORS: readonly Detector[] = [
  prototypePollution,
  commandInjection,
  codeInjection,
  pathTraversal,
  otherSinks,
];

/**
 * What a change does to the security of one file of JavaScript or TypeScript: weak places that were not there before, and
 * guards that are there no more. Never throws for any text.
 */
export function reviewFile(file: ChangedFile): Reviewed {
  const { path, after } = file;
  if (after === undefined || !isScript(path) || isMinified(path, after))
    return { ok: true, hits: [], lost: [], gained: [] };
  const now = parsedOutline(path, after);
  if (!now.ok) return now;
  const was = oldOutline(file);
  if (was === undefined || !was.ok)
    return {
      ok: true,
      hits: newHits(now.outlined, undefined, file.addedLines),
      lost: [],
      gained: guardsOf(now.outlined).map(({ key }) => key),
      ...(was !== undefined && { note: `its old version: ${was.why}` }),
    };
  const versions = {
    before: was.outlined,
    after: now.outlined,
    old: guardsOf(was.outlined),
    now: guardsOf(now.outlined),
  };
  const pairs = pairUnits(was.outlined, now.outlined);
  const { removedLines } = file;
  const had = new Set(versions.old.map(({ key }) => key));
  return {
    ok: true,
    hits: [
      ...newHits(now.outlined, was.outlined, file.addedLines),
      ...alteredGuards({ ...versions, pairs, removedLines }),
    ],
    lost: lostGuards({
      ...versions,
      pairs,
      removedLines,
      addedLines: file.addedLines,
      newLine: lineMap(file.removedLines, file.addedLines),
    }),
    gained: versions.now.flatMap(({ key }) => (had.has(key) ? [] : [key])),
  };
}

type Outlined =
  | { readonly ok: true; readonly outlined: Outline }
  | { readonly ok: false; readonly why: string };

/** The old version of a file; undefined when it had none that a person wrote. */
function oldOutline({
  path,
  oldPath = path,
  status,
  before,
  unread,
}: ChangedFile): Outlined | undefined {
  if (before === undefined)
    return status === "added"
      ? undefined
      : { ok: false, why: unread ?? "it has no text" };
  return isMinified(oldPath, before)
    ? undefined
    : parsedOutline(oldPath, before);
}

function parsedOutline(path: string, text: string): Outlined {
  const parsed = parseSource(path, text);
  return parsed.ok ? { ok: true, outlined: outline(parsed.source) } : parsed;
}

/** Weak places of the new version that the old one has no equal of. */
function newHits(
  now: Outline,
  old: Outline | undefined,
  added: ReadonlySet<number>,
): readonly Concern[] {
  const left = new Map<string, number>();
  if (old !== undefined)
    for (const { rule, key } of hitsOf(old)) {
      const id = `${rule} ${key}`;
      left.set(id, (left.get(id) ?? 0) + 1);
    }
  const fresh = hitsOf(now).filter(({ rule, key, node }) => {
    const id = `${rule} ${key}`;
    const count = left.get(id) ?? 0;
    if (count === 0) return old !== undefined || added.has(lineOf(node));
    left.set(id, count - 1);
    return false;
  });
  return [
    ...Map.groupBy(fresh, ({ rule, node }) =>
      siteKey(rule, now.unitOf.get(node), now),
    ).values(),
  ].flatMap(togetherOf);
}

function siteKey(
  rule: string,
  unit: Unit | undefined,
  { units }: Outline,
): string {
  return `${rule} ${String(unit === undefined ? -1 : units.indexOf(unit))}`;
}

/** The hits of one class in one function as one concern at the worst of them. */
function togetherOf(hits: readonly Hit[]): readonly Concern[] {
  const [first, ...rest] = hits.toSorted(
    (a, b) =>
      ORDER[a.severity] - ORDER[b.severity] || lineOf(a.node) - lineOf(b.node),
  );
  if (first === undefined) return [];
  const line = lineOf(first.node);
  const others = [...new Set(rest.map(({ node }) => lineOf(node)))]
    .filter((one) => one !== line)
    .toSorted((a, b) => a - b);
  const more =
    others.length === 0
      ? ""
      : ` The same goes for line${others.length === 1 ? "" : "s"} ${others.slice(0, 6).join(", ")}${others.length > 6 ? " and more" : ""}.`;
  const { rule, severity, claim, fix } = first;
  return [
    {
      rule,
      severity,
      line,
      claim: `${claim}${more}`,
      ...(fix !== undefined && rest.length === 0 && { fix }),
    },
  ];
}

const ORDER = { critical: 0, high: 1, medium: 2, low: 3 };

function hitsOf(outlined: Outline): readonly Hit[] {
  return outlined.units.flatMap((unit) => {
    const place = placeOf(outlined, unit);
    return DETECTORS.flatMap((detect) => detect(place));
  });
}

function placeOf(outlined: Outline, unit: Unit): Place {
  return {
    outlined,
    unit,
    flow: flowOf(outlined, unit),
    aliases: aliasesOf(outlined),
  };
}
