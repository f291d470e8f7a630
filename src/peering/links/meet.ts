import type { Invitation } from "../../core/peering/invitationCode.ts";
import type { Identities } from "../../ports/peering.ts";
import type { Scope } from "../../protocol/peer.ts";
import { PAIR_ALPN, type Hello } from "../../protocol/peerLink.ts";
import type { Pairing } from "../../protocol/peers.ts";
import type { Book, Fact } from "./book.ts";
import type { Channel } from "./channel.ts";
import { dial } from "./dial.ts";
import { hearHello, reasonOf, sayHello, type Speaker } from "./hello.ts";
import type { Invitations } from "./invitations.ts";
import { STRANGER_MS } from "./limits.ts";
import type { Visitor } from "./listener.ts";
import {
  nameOf,
  nextPairFrame,
  sendPairFrame,
  type Pairings,
} from "./pairings.ts";
import { peerRefused } from "./trouble.ts";
import { CLOSE } from "./wire.ts";

/** Addresses of a hub that are tried in turn, the last learned first. */
const MAX_ADDRESSES = 4;

/** What both sides of a pairing need until both people can be asked. */
export interface Meeting {
  readonly book: Book;
  readonly identities: Identities;
  readonly invitations: Invitations;
  readonly pairings: Pairings;
  readonly speaker: () => Promise<Speaker>;
  /** Called when a hub was paired with and the fact is on disk. */
  readonly onKept: (hubId: string) => void;
}

/** The fact that a hub was paired with. Addresses under which it was called before are kept, so that both may call where both invited. */
function paired(
  book: Book,
  hello: Hello,
  channel: Channel,
  scopes: readonly Scope[],
  address?: { readonly host: string; readonly port: number },
): Fact {
  const before = book.welcome(hello.hubId);
  const old = before?.pin === channel.pin ? before.addresses : [];
  const addresses = old.filter(
    ({ host, port }) => host !== address?.host || port !== address.port,
  );
  if (address !== undefined) addresses.unshift(address);
  return {
    type: "PeerPaired",
    data: {
      hubId: hello.hubId,
      name: nameOf(hello),
      publicKey: JSON.stringify(hello.publicKey),
      pin: channel.pin,
      addresses: addresses.slice(0, MAX_ADDRESSES),
      dials: addresses.length > 0,
      scopes: [...scopes],
    },
  };
}

/** The inviter's side: a visitor shows the secret first, then who it is. Never rejects; one that fails is told why, and it is held against its address. */
export async function welcome(
  { book, identities, invitations, pairings, speaker, onKept }: Meeting,
  visitor: Visitor,
): Promise<void> {
  const { wire, channel } = visitor;
  const soon = AbortSignal.timeout(STRANGER_MS);
  try {
    const us = await speaker();
    const { secret, hello, scopes } = await nextPairFrame(wire, soon, "join");
    const { invitationId, ...invitation } = await invitations.take(
      secret,
      visitor.from,
    );
    const spent = (): Promise<void> => invitations.end("refused", invitationId);
    try {
      const them = await hearHello(hello, { identities, speaker: us, channel });
      visitor.met();
      const ours = await sayHello(us, them.hubId, channel);
      sendPairFrame(wire, { t: "welcome", hello: ours });
      pairings.begin({
        wire,
        channel,
        speaker: us,
        hello: them,
        scopes: invitation.scopes,
        theirs: scopes,
        async keep() {
          if (!book.known.invitations.has(invitationId))
            throw peerRefused("The invitation was withdrawn.");
          await book.add(
            "human",
            paired(book, them, channel, invitation.scopes),
            {
              type: "InvitationEnded",
              data: { invitationId, why: "used" },
            },
          );
        },
        onEnd: (kept) => {
          if (kept) onKept(them.hubId);
          else void spent().catch(() => undefined);
        },
      });
    } catch (error) {
      await spent();
      throw error;
    }
  } catch (error) {
    // Who hung up is held nothing against.
    if (wire.isOpen) visitor.failed();
    wire.close(CLOSE.refused, reasonOf(error));
  }
}

/** The joiner's side, up to where both people compare words. Rejects with `peer-unreachable`, `peer-refused`, or the signal's reason. */
export async function join(
  { book, identities, pairings, speaker, onKept }: Meeting,
  invitation: Invitation,
  scopes: readonly Scope[],
  signal: AbortSignal,
): Promise<Pairing> {
  const { host, port, pin, hubId, secret } = invitation;
  const us = await speaker();
  const { wire, channel } = await dial(
    {
      host,
      port,
      pin,
      identity: us.identity,
      protocol: PAIR_ALPN,
      notLetIn:
        "The hub there has no open invitation: it was used, withdrawn, burned, or its time is over.",
    },
    signal,
  );
  try {
    const ours = await sayHello(us, hubId, channel);
    sendPairFrame(wire, {
      t: "join",
      hello: ours,
      secret,
      scopes: [...scopes],
    });
    const { hello } = await nextPairFrame(wire, signal, "welcome");
    const them = await hearHello(hello, {
      identities,
      speaker: us,
      channel,
      hubId,
    });
    return pairings.begin({
      wire,
      channel,
      speaker: us,
      hello: them,
      scopes,
      theirs: invitation.scopes,
      keep: () =>
        book.add("human", paired(book, them, channel, scopes, { host, port })),
      onEnd: (kept) => {
        if (kept) onKept(hubId);
      },
    });
  } catch (error) {
    wire.close(CLOSE.refused, reasonOf(error));
    throw error;
  }
}
