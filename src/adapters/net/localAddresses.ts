import { networkInterfaces } from "node:os";

/** An address of this machine, and the interface that has it. */
export interface LocalAddress {
  readonly name: string;
  readonly address: string;
}

/** The addresses at which others on a network can reach this machine, IPv4 first: without loopback, and without those that hold on one link only. */
export function localAddresses(): readonly LocalAddress[] {
  const all = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? [])
      .filter(
        ({ internal, address }) =>
          !internal && !/^(?:fe80:|169\.254\.)/i.test(address),
      )
      .map(({ address, family }) => ({ name, address, family })),
  );
  return ["IPv4", "IPv6"].flatMap((wanted) =>
    all
      .filter(({ family }) => family === wanted)
      .map(({ name, address }) => ({ name, address })),
  );
}
