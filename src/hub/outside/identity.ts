import type { Caller } from "../submit.ts";

/** Who is at the other end, as their token tells: the owner of the hub, or an agent from outside with a token of its own. */
export type Identity =
  | { readonly kind: "owner" }
  | {
      readonly kind: "agent";
      readonly agentId: string;
      /** May also call A2A methods: give work to others and read what became of it. */
      readonly mayAsk: boolean;
    };

/** Whoever shows the hub's own token, and everybody inside its process. */
export const OWNER: Identity = { kind: "owner" };

/** Who somebody outside the process is to the agents. */
export function callerOf(identity: Identity | undefined): Caller {
  return {
    name: identity?.kind === "agent" ? identity.agentId : "client",
    remote: true,
    ...(identity === undefined ? {} : { identity }),
  };
}
