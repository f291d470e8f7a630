import { RoundtableError } from "../core/errors.ts";
import type { PeersShown } from "../protocol/peers.ts";
import {
  ConfirmPairing,
  InvitationNamed,
  JoinHub,
  PeerNamed,
  SetPeerScopes,
  ShareHub,
} from "../protocol/peers.ts";
import { asked } from "./asked.ts";
import type { Links } from "./links/links.ts";
import type { PeeringMethod } from "./rooms.ts";
import type { Messages } from "./talk/messages.ts";
import type { Reports } from "./talk/reports.ts";

const PREFIX = "peers/";
/** Longest that the way to another hub is tried for, ms. */
const JOIN_MS = 30_000;

/** What can be asked of peering. */
export interface Methods {
  /** Adds methods, with or without the prefix `peers/`; a name is added once. */
  add(methods: Readonly<Record<string, PeeringMethod>>): void;
  /** Rejects with a `RoundtableError`. */
  ask(method: string, params: unknown, by: string): Promise<unknown>;
}

/** The methods about links and talk. */
export function createMethods(parts: {
  readonly links: Links;
  readonly messages: Pick<Messages, "send">;
  readonly reports: Pick<Reports, "ask">;
  readonly shown: () => PeersShown;
  /** A peer may see more than before, perhaps. */
  readonly granted: (hubId: string) => Promise<void>;
}): Methods {
  const { links, messages, reports, shown, granted } = parts;
  const all = new Map<string, PeeringMethod>();

  function add(methods: Readonly<Record<string, PeeringMethod>>): void {
    for (const [given, method] of Object.entries(methods)) {
      const name = given.startsWith(PREFIX) ? given : `${PREFIX}${given}`;
      if (all.has(name)) throw new Error(`${name} is answered already`);
      all.set(name, method);
    }
  }

  add({
    list: () => Promise.resolve(shown()),
    share: (params) => links.share(asked(ShareHub, params)),
    async withdraw(params) {
      await links.withdraw(asked(InvitationNamed, params).invitationId);
      return {};
    },
    async stopSharing() {
      await links.stopSharing();
      return {};
    },
    join: (params) =>
      links.join(asked(JoinHub, params), AbortSignal.timeout(JOIN_MS)),
    async confirm(params) {
      const { pairingId, same } = asked(ConfirmPairing, params);
      await links.confirm(pairingId, same);
      return {};
    },
    async setScopes(params) {
      const { hubId, scopes } = asked(SetPeerScopes, params);
      await links.setScopes(hubId, scopes);
      await granted(hubId);
      return {};
    },
    async revoke(params, by) {
      await links.revoke(asked(PeerNamed, params).hubId, by);
      return {};
    },
    async forget(params) {
      await links.forget(asked(PeerNamed, params).hubId);
      return {};
    },
    message: (params, by) => messages.send(params, by),
    report: (params) => reports.ask(asked(PeerNamed, params).hubId),
  });

  return {
    add,
    async ask(method, params, by) {
      const act = all.get(method);
      if (act !== undefined) return act(params, by);
      throw new RoundtableError(
        "peering-failed",
        `There is no method ${JSON.stringify(method.slice(0, 64))} about peers.`,
        "docs/peering.md lists them.",
      );
    },
  };
}
