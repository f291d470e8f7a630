import { randomBytes, timingSafeEqual } from "node:crypto";
import {
  MAX_WRONG_SECRETS,
  type OpenInvitation,
} from "../../core/peering/peers.ts";
import type { Chance, Clock, Hash } from "../../ports.ts";
import type { Scope } from "../../protocol/peer.ts";
import type { Book, Fact } from "./book.ts";
import { MAX_INVITATIONS } from "./limits.ts";
import { peerRefused, peeringFailed } from "./trouble.ts";
import { createTurns } from "./turns.ts";

/** 128 bits. */
const SECRET_BYTES = 16;

/** Why an invitation ends. */
type Why = Extract<Fact, { type: "InvitationEnded" }>["data"]["why"];

/** Invitations of this hub: made once, good for one secret shown, burned by guessing. */
export interface Invitations {
  /** Those whose secret nobody has shown yet and whose time is not over. */
  open(): readonly OpenInvitation[];
  /** Makes one; `secret` is base64url and is kept nowhere. Rejects with `peering-failed` when there are too many. */
  make(offer: {
    readonly scopes: readonly Scope[];
    readonly host: string;
    readonly port: number;
    readonly minutes: number;
  }): Promise<{
    readonly invitationId: string;
    readonly secret: string;
    readonly expiresAt: number;
  }>;
  /** Takes the invitation that belongs to the secret; nobody else can from then on. Any other secret is counted, on disk before this rejects with `peer-refused`, and the fifth burns every invitation. */
  take(secret: string, from: string): Promise<OpenInvitation>;
  /** Ends one, or all; one that has ended stays as it is. */
  end(why: Why, invitationId?: string): Promise<void>;
  /** Ends those whose time is over. */
  sweep(): Promise<void>;
}

/** Invitations over what the book knows. */
export function createInvitations(deps: {
  readonly book: Book;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly hash: Hash;
}): Invitations {
  const { book, clock, chance, hash } = deps;
  /** Shown, and waiting for the two people. */
  const taken = new Set<string>();
  // Guesses at the same moment are counted one by one.
  const inTurn = createTurns();

  const kept = (): readonly OpenInvitation[] => [
    ...book.known.invitations.values(),
  ];
  const open = (): readonly OpenInvitation[] =>
    kept().filter(
      ({ invitationId, expiresAt }) =>
        !taken.has(invitationId) && expiresAt > clock.now(),
    );

  const ended = (why: Why, invitationId: string): Fact => ({
    type: "InvitationEnded",
    data: { invitationId, why },
  });

  async function finish(ends: readonly Fact[]): Promise<void> {
    if (ends.length > 0) await book.add("hub", ...ends);
  }

  async function wrong(from: string): Promise<never> {
    const isLast = book.known.wrongSecrets + 1 >= MAX_WRONG_SECRETS;
    const burned = isLast
      ? open().map(({ invitationId }) => ended("burned", invitationId))
      : [];
    // Nothing to guess, nothing to count: what strangers say must not fill the log.
    if (open().length > 0)
      await book.add(
        "hub",
        { type: "InvitationTried", data: { from } },
        ...burned,
      );
    throw peerRefused(
      "The invitation is not good here: it was used, withdrawn, burned, or its time is over",
      "Nothing was shared. Ask for a new invitation.",
    );
  }

  return {
    open,
    make: (offer) =>
      inTurn(async () => {
        if (kept().length >= MAX_INVITATIONS)
          throw peeringFailed(
            `There are ${String(MAX_INVITATIONS)} open invitations already.`,
            "Nothing was made. Withdraw one, or wait until its time is over.",
          );
        const secret = randomBytes(SECRET_BYTES).toString("base64url");
        const invitationId = chance.id();
        const expiresAt = clock.now() + Math.round(offer.minutes * 60_000);
        await book.add("human", {
          type: "InvitationMade",
          data: {
            invitationId,
            digest: hash(secret),
            scopes: [...offer.scopes],
            host: offer.host,
            port: offer.port,
            expiresAt,
          },
        });
        return { invitationId, secret, expiresAt };
      }),
    take: (secret, from) =>
      inTurn(async () => {
        const shown = Buffer.from(hash(secret), "hex");
        // Every one is compared, so that time tells nothing.
        const [found] = open().filter(({ digest }) =>
          timingSafeEqual(shown, Buffer.from(digest, "hex")),
        );
        if (found === undefined) return wrong(from);
        taken.add(found.invitationId);
        return found;
      }),
    end: (why, invitationId) =>
      inTurn(() =>
        finish(
          kept()
            .filter(
              (one) => (invitationId ?? one.invitationId) === one.invitationId,
            )
            .map((one) => ended(why, one.invitationId)),
        ),
      ),
    sweep: () =>
      inTurn(() =>
        finish(
          kept()
            .filter(
              (one) =>
                one.expiresAt <= clock.now() && !taken.has(one.invitationId),
            )
            .map((one) => ended("expired", one.invitationId)),
        ),
      ),
  };
}
