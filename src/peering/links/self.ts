import type { HubIdentity } from "../../ports/peering.ts";
import type { Book } from "./book.ts";
import type { Speaker } from "./hello.ts";
import type { LinksDeps } from "./links.ts";

/** Who this hub is: its identity, for which its log speaks from the first use on. One that could not be had is asked for again the next time. */
export function createSelf(
  deps: Pick<LinksDeps, "identities" | "log" | "name" | "version">,
  book: Book,
): {
  readonly own: () => Promise<HubIdentity>;
  readonly speaker: () => Promise<Speaker>;
} {
  let identity: Promise<HubIdentity> | undefined;

  async function identify(): Promise<HubIdentity> {
    const { own: speaksFor } = book.known;
    const own = await deps.identities.own((hubId) => speaksFor.has(hubId));
    const { hubId, pin } = own;
    // On disk before anything is signed with it.
    if (!speaksFor.has(hubId))
      await book.add("hub", { type: "HubIdentified", data: { hubId, pin } });
    return own;
  }

  function own(): Promise<HubIdentity> {
    identity ??= identify().catch((error: unknown) => {
      identity = undefined;
      throw error;
    });
    return identity;
  }

  return {
    own,
    speaker: async () => ({
      identity: await own(),
      name: deps.name(),
      version: deps.version,
      epoch: deps.log.epoch,
    }),
  };
}
