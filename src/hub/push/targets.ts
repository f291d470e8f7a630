import type { Address } from "./addresses.ts";
import { isPublic, literalAddress } from "./addresses.ts";

/** Resolves a host name to all its addresses; rejects when it has none. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

/** Whether a target may be sent to now. `why` goes on after "it" and names the setting where that helps; `again` says that later may be different. */
export type Admission =
  | { readonly ok: true; readonly url: URL; readonly at: Address }
  | { readonly ok: false; readonly again: boolean; readonly why: string };

/** Where notifications may go. */
export interface Targets {
  /** False when nothing is allowed. */
  readonly any: boolean;
  /** Judges a URL and resolves its host. The address must be used as it is: a second look-up could say something else. Never rejects. */
  admit(target: string): Promise<Admission>;
}

const SETTING = "the setting roundtable.pushTargets (--push-target)";

function refuse(why: string): Admission {
  return { ok: false, again: false, why };
}

/** A pattern stands for hosts below a name, or for all: `https://*.example.org`, `https://*`. */
function covers(pattern: URL, url: URL): boolean {
  if (pattern.protocol !== url.protocol || pattern.port !== url.port)
    return false;
  const [label, ...rest] = pattern.hostname.split(".");
  if (label !== "*") return false;
  return rest.length === 0 || url.hostname.endsWith(`.${rest.join(".")}`);
}

/** Reads a list of origins and patterns; entries that are neither count for nothing. What only a pattern covers must be on the public internet. */
export function createTargets(
  list: readonly string[],
  resolve: Resolve,
): Targets {
  const entries = list.flatMap((entry) => URL.parse(entry) ?? []);
  const origins = new Set(entries.map(({ origin }) => origin));

  async function addressesOf(url: URL): Promise<readonly Address[]> {
    const literal = literalAddress(url);
    if (literal !== undefined) return [literal];
    // Not found, or no answer from who knows: both may pass.
    return resolve(url.hostname).catch(() => []);
  }

  return {
    any: entries.length > 0,
    async admit(target) {
      const url = URL.parse(target);
      if (url === null || !["http:", "https:"].includes(url.protocol))
        return refuse("must be an absolute http or https URL");
      if (url.username !== "" || url.password !== "")
        return refuse("must not carry a user name or password");
      const isListed = origins.has(url.origin);
      if (!isListed && !entries.some((entry) => covers(entry, url)))
        return refuse(
          `is not at an origin this hub may send to; its owner lists them in ${SETTING}`,
        );
      const addresses = await addressesOf(url);
      const [at] = addresses;
      if (at === undefined)
        return { ok: false, again: true, why: "has a host that is not found" };
      // One private address among public ones is how a name is turned against us.
      if (!isListed && !addresses.every(({ address }) => isPublic(address)))
        return refuse(
          `has a host that is not on the public internet; its owner must list that very origin in ${SETTING}`,
        );
      return { ok: true, url, at };
    },
  };
}
