import { BlockList, isIP } from "node:net";

/** A place on the network, resolved. */
export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Addresses that are not of the public internet: RFC 6890 and its successors. */
const NOT_PUBLIC = new BlockList();
for (const [net, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const)
  NOT_PUBLIC.addSubnet(net, prefix, "ipv4");

/** The only IPv6 addresses that are given out for the public internet; some of them are set aside again. */
const GLOBAL_V6 = new BlockList();
GLOBAL_V6.addSubnet("2000::", 3, "ipv6");
for (const [net, prefix] of [
  // Documentation, tunnels that carry any IPv4 address, benchmarks.
  ["2001:db8::", 32],
  ["2001::", 23],
  ["2002::", 16],
  ["3fff::", 20],
] as const)
  NOT_PUBLIC.addSubnet(net, prefix, "ipv6");

/** True for an IP address of the public internet; false for loopback, private, link-local and reserved ones, and for IPv6 spellings of IPv4. */
export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !NOT_PUBLIC.check(address, "ipv4");
    case 6:
      return (
        GLOBAL_V6.check(address, "ipv6") && !NOT_PUBLIC.check(address, "ipv6")
      );
    default:
      return false;
  }
}

/** The address a URL's host spells out; undefined for a name. */
export function literalAddress(url: URL): Address | undefined {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const family = isIP(host);
  return family === 4 || family === 6 ? { address: host, family } : undefined;
}
