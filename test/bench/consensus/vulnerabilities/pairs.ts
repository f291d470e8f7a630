/** The two sets of published versions: names, versions and ids only; the packages themselves are fetched when the bench runs. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";

const name = z
  .string()
  .regex(/^(?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*$/u, "a package's name");
const version = z.string().regex(/^\d+\.\d+\.\d+$/u, "an exact version");
const id = z
  .string()
  .regex(/^(?:CVE-\d{4}-\d{4,}|GHSA(?:-[a-z0-9]{4}){3})$/u, "a CVE or GHSA id");

/** Kinds of weakness a tool that reads code is expected to know; at least half of the set is of these. */
export const CORE_CLASSES = [
  "prototype-pollution",
  "command-injection",
  "path-traversal",
  "redos",
  "code-injection",
] as const;

const OTHER_CLASSES = [
  "cross-site-scripting",
  "denial-of-service",
  "information-exposure",
  "insecure-default",
  "insecure-randomness",
  "open-redirect",
  "output-injection",
  "race",
  "server-side-request-forgery",
  "timing",
] as const;

/** A fixed and a vulnerable version that lie close together: from the first to the second the fix is taken out. */
const VulnerablePair = z.strictObject({
  name,
  fixed: version,
  vulnerable: version,
  advisory: id,
  class: z.enum([...CORE_CLASSES, ...OTHER_CLASSES]),
  /** Sources the fix changed. */
  files: z.array(z.string().min(1)).min(1),
  /** A regular expression; the lines of these files that it matches, in the vulnerable version, are where the weakness is. */
  sink: z.string().min(1),
  /** Chosen when the tools were there already. */
  fresh: z.literal(true).optional(),
});
export type VulnerablePair = z.infer<typeof VulnerablePair>;

/** Two versions next to each other without an advisory that the step brings in or mends. */
const OrdinaryPair = z.strictObject({ name, older: version, newer: version });
export type OrdinaryPair = z.infer<typeof OrdinaryPair>;

/** Tools may be tuned on `development`; `heldOut` only says how well that carries over, and so does `fresh`, which nobody had seen when they were written. */
export const PARTS = ["development", "heldOut", "fresh"] as const;
export type Part = (typeof PARTS)[number];

/** The pairs in which a vulnerability comes back; throws when a line of the file is not one. */
export function vulnerablePairs(): readonly VulnerablePair[] {
  return linesOf("vulnerable.jsonl").map((line) => VulnerablePair.parse(line));
}

/** The ordinary steps; throws when a line of the file is not one. */
export function ordinaryPairs(): readonly OrdinaryPair[] {
  return linesOf("ordinary.jsonl").map((line) => OrdinaryPair.parse(line));
}

/** Which part a pair belongs to: the hash of its package's name halves the set, so that all versions of one package are in the same; the fresh ones are apart. */
export function partOf({
  name: packageName,
  fresh,
}: {
  readonly name: string;
  readonly fresh?: boolean | undefined;
}): Part {
  if (fresh === true) return "fresh";
  const first = createHash("sha256").update(packageName).digest()[0] ?? 0;
  return first % 2 === 0 ? "development" : "heldOut";
}

function linesOf(file: string): readonly unknown[] {
  return readFileSync(path.join(import.meta.dirname, file), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
}
