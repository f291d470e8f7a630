import type { Node } from "@babel/types";
import type { Severity } from "../../../protocol/consensus.ts";
import type { Fix } from "./fixes.ts";
import type { Flow } from "./flow.ts";
import type { Outline, Unit } from "./units.ts";

/** The classes of weakness that are looked for; they go into findings as stable ids. */
export type Rule =
  | "prototype-pollution"
  | "command-injection"
  | "code-injection"
  | "path-traversal"
  | "redos"
  | "cross-site-scripting"
  | "sql-injection"
  | "insecure-tls"
  | "insecure-randomness"
  | "unsafe-deserialisation"
  | "timing"
  | "server-side-request-forgery"
  | "open-redirect"
  | "information-exposure"
  | "insecure-default"
  | "missing-validation";

/** A weak place in one version of a file. */
export interface Hit {
  readonly rule: Rule;
  readonly node: Node;
  /** Equal for the same place in both versions, whatever its line. */
  readonly key: string;
  readonly severity: Severity;
  readonly claim: string;
  readonly fix?: Fix;
}

/** What a detector gets: one unit of one version of a file. */
export interface Place {
  readonly outlined: Outline;
  readonly unit: Unit;
  readonly flow: Flow;
  /** Names that stand for functions of other modules, by what they are: `exec` → `child_process.exec`. */
  readonly aliases: ReadonlyMap<string, string>;
}

/** Finds the weak places of one class in one unit. */
export type Detector = (place: Place) => readonly Hit[];
