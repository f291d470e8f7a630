import {
  invitationCode,
  invitationLink,
  readInvitation,
} from "../../core/peering/invitationCode.ts";
import { DEFAULT_SCOPES } from "../../protocol/peer.ts";
import { createCallers } from "./callers.ts";
import { createCall } from "./call.ts";
import { createDoor } from "./door.ts";
import { openBook } from "./book.ts";
import { createInvitations } from "./invitations.ts";
import { STRANGER_MS } from "./limits.ts";
import type { Links, LinksDeps } from "./links.ts";
import { join, type Meeting } from "./meet.ts";
import { createNews } from "./news.ts";
import { createOpenLinks } from "./openLinks.ts";
import { createPairings } from "./pairings.ts";
import { createSelf } from "./self.ts";
import { textCodec } from "./textCodec.ts";
import { peerRefused } from "./trouble.ts";

/** Who this hub knows, over what its log holds. Nothing is opened before {@link Links.start}, {@link Links.share} or {@link Links.join}. */
export function createLinks(deps: LinksDeps): Links {
  const { clock, chance, identities } = deps;
  const mono = deps.mono ?? ((): number => performance.now());
  const book = openBook(deps.log, () => clock.now());
  const { changed, onChange } = createNews();
  const closed = new AbortController();
  const { own, speaker } = createSelf(deps, book);
  const invitations = createInvitations({ ...deps, book });
  const shared = { ...deps, mono, book, changed, speaker };
  const pairings = createPairings(shared);
  const open = createOpenLinks(shared);
  const callers = createCallers({
    clock,
    chance,
    mono,
    once: createCall({ book, speaker, links: open }),
    onFailed: (hubId, why) => {
      open.told(hubId).problem = why;
      changed();
    },
  });
  const meeting: Meeting = {
    book,
    identities,
    invitations,
    pairings,
    speaker,
    onKept(hubId) {
      // A link of before may have been opened with what is not pinned any more.
      open.cut(hubId, "it was paired with anew");
      if (book.known.peers.get(hubId)?.dials === true) callers.call(hubId);
      else callers.stop(hubId);
      changed();
    },
  };
  const door = createDoor({ ...shared, meeting, links: open });

  /** Ends invitations when their time is over; the editor shows it. */
  async function lapse(expiresAt: number): Promise<void> {
    await clock.after(Math.max(0, expiresAt - clock.now()) + 1, closed.signal);
    await invitations.sweep();
    changed();
  }
  const willLapse = (expiresAt: number): void => {
    // Aborted: this hub ends, and the next start looks again.
    lapse(expiresAt).catch(() => undefined);
  };

  function known(hubId: string): void {
    if (book.known.peers.has(hubId)) return;
    throw peerRefused(
      "That hub is not known here.",
      "Nothing was changed. The list of teammates shows those that are.",
    );
  }

  async function revoke(hubId: string, by: string): Promise<void> {
    known(hubId);
    await book.add(by, {
      type: "PeerRevoked",
      data: { hubId, why: "a person here said so" },
    });
    callers.stop(hubId);
    open.cut(hubId, "it was revoked");
    changed();
  }

  return {
    own,
    async start() {
      for (const { expiresAt } of book.known.invitations.values())
        willLapse(expiresAt);
      for (const { hubId, dials } of book.known.peers.values())
        if (dials && book.welcome(hubId) !== undefined) callers.call(hubId);
      await door.reopen();
    },
    async share(request) {
      const at = await door.open(request.host, request.port);
      const scopes = request.scopes ?? [...DEFAULT_SCOPES];
      const { minutes } = request;
      const made = await invitations.make({ ...at, scopes, minutes });
      const { hubId, pin } = await own();
      const { secret, ...rest } = made;
      const name = deps.name().slice(0, 64);
      const code = invitationCode(
        { ...at, pin, hubId, secret, scopes, expiresAt: rest.expiresAt, name },
        textCodec,
      );
      willLapse(rest.expiresAt);
      changed();
      const link = invitationLink(code, deps.extension);
      return { ...rest, ...at, scopes, code, link };
    },
    async withdraw(invitationId) {
      await invitations.end("withdrawn", invitationId);
      changed();
    },
    async stopSharing() {
      await door.shut();
      await invitations.end("withdrawn");
      open.end("the other hub no longer shares", (link) => !link.isOurCall);
      changed();
    },
    async join(request, signal) {
      const { hubId } = await own();
      const invitation = readInvitation(request.invitation, {
        codec: textCodec,
        now: clock.now(),
        self: hubId,
      });
      const scopes = request.scopes ?? DEFAULT_SCOPES;
      const soon = AbortSignal.timeout(STRANGER_MS * 2);
      const either = AbortSignal.any([signal, soon, closed.signal]);
      return join(meeting, invitation, scopes, either);
    },
    pairings: () => pairings.list(),
    confirm: (pairingId, same) => pairings.confirm(pairingId, same),
    invitations: () =>
      invitations.open().map(({ invitationId, scopes, expiresAt }) => ({
        invitationId,
        scopes,
        expiresAt,
      })),
    listening: () => door.listening(),
    peers: () =>
      [...book.known.peers.values()].map(
        ({ hubId, name, publicKey, pin, scopes, pairedAt, revoked }) => ({
          hubId,
          name,
          publicKey,
          pin,
          scopes,
          pairedAt,
          revoked,
        }),
      ),
    async setScopes(hubId, scopes) {
      known(hubId);
      await book.add("human", {
        type: "PeerScopesChanged",
        data: { hubId, scopes: [...scopes] },
      });
      open.of(hubId)?.send({ t: "scopes", scopes: [...scopes] });
      changed();
    },
    revoke,
    async forget(hubId) {
      known(hubId);
      if (book.known.peers.get(hubId)?.revoked === false)
        await revoke(hubId, "human");
      await book.add("human", { type: "PeerForgotten", data: { hubId } });
      open.forget(hubId);
      changed();
    },
    link: (hubId) => open.of(hubId),
    theirs: (hubId) => open.told(hubId).theirs,
    heardAt: (hubId) => open.told(hubId).heardAt,
    problem: (hubId) => open.problem(hubId),
    on: (listener) => open.on(listener),
    onChange,
    async dispose() {
      closed.abort(new Error("the hub ends"));
      callers.close();
      pairings.close();
      open.close("the other hub ends");
      await door.close();
      // Behind whatever is still being kept.
      await invitations.sweep().catch(() => undefined);
    },
  };
}
