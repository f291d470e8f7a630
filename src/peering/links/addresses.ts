import { networkInterfaces } from "node:os";
import { RoundtableError } from "../../core/errors.ts";

/** Literal addresses that a listener may have: those of this machine's interfaces, 127.0.0.1 first. Addresses that need a zone are none. */
export function localAddresses(): readonly string[] {
  const found = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ scopeid }) => !scopeid)
    .map(({ address }) => address);
  return [...new Set(["127.0.0.1", ...found])];
}

/** Throws `bad-settings` unless it is the literal address of one interface of this machine: no name, no address of all interfaces, none of another machine. */
export function checkAddress(host: string): void {
  const usable = localAddresses();
  if (usable.includes(host)) return;
  throw new RoundtableError(
    "bad-settings",
    `${JSON.stringify(host.slice(0, 64))} is not the address of one network interface of this machine.`,
    `Nothing was opened. Choose one of ${usable.join(", ")}: teammates are listened for on one interface, never on all.`,
  );
}
