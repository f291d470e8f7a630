/** A recipient taken apart. */
export interface Address {
  readonly kind: "everyone" | "agent" | "role" | "skill" | "topic";
  /** What follows the colon. */
  readonly name: string;
}

const MAX_KNOWN = 10_000;
const known = new Map<string, Address>();

/** Takes a recipient apart that the schema let through. */
export function addressOf(to: string): Address {
  const before = known.get(to);
  if (before !== undefined) return before;
  const colon = to.indexOf(":");
  const address: Address =
    colon < 0
      ? { kind: "everyone", name: "" }
      : {
          kind: to.slice(0, colon) as Address["kind"],
          name: to.slice(colon + 1),
        };
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(to, address);
  return address;
}
