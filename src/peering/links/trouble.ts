import { RoundtableError } from "../../core/errors.ts";

/** The other hub, or this one, said no. */
export function peerRefused(what: string, next?: string): RoundtableError {
  return new RoundtableError(
    "peer-refused",
    what,
    next ??
      "Nothing was shared with it. If this is unexpected, both sides look at their lists of teammates and pair again.",
  );
}

/** Nobody answers there. */
export function peerUnreachable(
  host: string,
  port: number,
  cause: unknown,
): RoundtableError {
  return new RoundtableError(
    "peer-unreachable",
    `No hub answers at ${host}, port ${String(port)}.`,
    "Nothing was sent. Check that the other hub runs and shares, that both machines are on one network, and that a firewall lets the port through.",
    { cause },
  );
}

/** Something of our own stands in the way. */
export function peeringFailed(
  what: string,
  next: string,
  cause?: unknown,
): RoundtableError {
  return new RoundtableError("peering-failed", what, next, { cause });
}
