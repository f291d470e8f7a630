import type { Plant } from "../plants/plant.ts";
import type { PropertyId } from "./properties.ts";
import { PROPERTIES } from "./properties.ts";

/** A bug in the shipped protocol that breaks one property, and that the tests of this property must notice. */
export interface Mutant extends Plant {
  readonly property: PropertyId;
}

/** A mutant: what it is called, the property it breaks, and the text of a source file it replaces, which is there exactly once. */
export function mutant(
  property: PropertyId,
  name: string,
  file: string,
  find: string,
  replace: string,
): Mutant {
  const [breaks, test] = PROPERTIES[property];
  return {
    property,
    name: `${property}-${name}`,
    file,
    find,
    replace,
    breaks,
    tests: [test],
  };
}

/** Matches the names of the tests of a property: its id and a colon, at the beginning of a test's or suite's name. */
export function namesOf(property: PropertyId): string {
  return `(^| )${property}: `;
}
