import type { Node } from "@babel/types";

/**
 * What a piece of code guards against: `proto` refuses dangerous keys, `own` asks for own properties, `plain` uses objects
 * without a prototype, `path` looks where a path leads, `escape` makes text harmless, `check` calls a function named like a
 * check, `exit` leaves early, `type` asks for a type, `limit` bounds a length, `safer` calls the safer of two functions,
 * `option` sets an option that protects.
 */
export type GuardKind =
  | "proto"
  | "own"
  | "plain"
  | "path"
  | "escape"
  | "check"
  | "named"
  | "refuse"
  | "exit"
  | "type"
  | "limit"
  | "safer"
  | "option";

/** A guard that was recognised. */
export interface Found {
  readonly kind: GuardKind;
  readonly key: string;
  readonly node?: Node;
}
