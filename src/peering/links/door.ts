import { toProblem } from "../../core/errors.ts";
import type { Clock, TextLog } from "../../ports.ts";
import { PAIR_ALPN, PEER_ALPN } from "../../protocol/peerLink.ts";
import type { Book } from "./book.ts";
import type { Speaker } from "./hello.ts";
import { STRANGER_MS } from "./limits.ts";
import { listen, type Listener, type Visitor } from "./listener.ts";
import { welcome, type Meeting } from "./meet.ts";
import type { OpenLinks } from "./openLinks.ts";
import { createTurns } from "./turns.ts";

/** Pauses between tries to listen again after a restart, ms. */
const AGAIN_MS = [2000, 5000, 10_000, 30_000];

/** Where teammates come in; shut unless the user opened it. */
export interface Door {
  listening(): { readonly host: string; readonly port: number } | undefined;
  /** Listens there, or goes on doing so; what is left out is as it was last. Rejects with `bad-settings` and `peering-failed`. */
  open(
    host: string | undefined,
    port: number | undefined,
  ): Promise<{ readonly host: string; readonly port: number }>;
  /** Listens again where the log says it should, trying until it can or is shut; resolves after the first try. */
  reopen(): Promise<void>;
  /** For good: the log says so too. */
  shut(): Promise<void>;
  /** For as long as this hub is down. */
  close(): Promise<void>;
}

/** Shut. */
export function createDoor(deps: {
  readonly meeting: Meeting;
  readonly book: Book;
  readonly links: OpenLinks;
  readonly clock: Clock;
  readonly mono: () => number;
  readonly textLog: TextLog;
  readonly speaker: () => Promise<Speaker>;
  readonly changed: () => void;
}): Door {
  const { meeting, book, links, clock, mono, textLog, speaker, changed } = deps;
  const closed = new AbortController();
  const inTurn = createTurns();
  let listener: Listener | undefined;

  async function greet(visitor: Visitor): Promise<void> {
    const peer = book.holder(visitor.channel.pin);
    if (peer === undefined) {
      visitor.wire.destroy("it is not known here any more");
      return;
    }
    const over = { ...visitor, isOurCall: false, speaker: await speaker() };
    await links.greet(peer, over, AbortSignal.timeout(STRANGER_MS));
    visitor.met();
  }

  function receive(visitor: Visitor): void {
    if (visitor.channel.protocol === PAIR_ALPN) void welcome(meeting, visitor);
    else
      greet(visitor).catch((error: unknown) => {
        textLog.warn("A teammate's hub could not be let in.", {
          from: visitor.from,
          why: toProblem(error).message,
        });
      });
  }

  async function openAt(host: string, port: number): Promise<Listener> {
    const { identity } = await speaker();
    const opened = await listen({
      host,
      port,
      identity,
      clock,
      mono,
      admits: ({ protocol, pin }) =>
        protocol === PEER_ALPN
          ? book.holder(pin) !== undefined
          : meeting.invitations.open().length > 0,
      onVisitor: receive,
    });
    if (closed.signal.aborted) await opened.close();
    listener = opened;
    changed();
    return opened;
  }

  async function goOn(host: string, port: number): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      const pause = AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)] ?? 0;
      await clock.after(pause, closed.signal);
      if (book.known.sharing === undefined || listener !== undefined) return;
      const opened = await openAt(host, port).catch(() => undefined);
      if (opened !== undefined) return;
    }
  }

  return {
    listening: () => listener && { host: listener.host, port: listener.port },
    open: (wantedHost, wantedPort) =>
      inTurn(async () => {
        const { lastShared } = book.known;
        const host =
          wantedHost ?? listener?.host ?? lastShared?.host ?? "127.0.0.1";
        const same = lastShared?.host === host ? lastShared.port : 0;
        const port =
          wantedPort === undefined || wantedPort === 0 ? same : wantedPort;
        if (listener?.host === host && listener.port === port)
          return { host, port };
        const before = listener;
        const opened = await openAt(host, port);
        await before?.close();
        const at = { host, port: opened.port };
        await book.add("human", { type: "SharingOpened", data: at });
        return at;
      }),
    async reopen() {
      const { sharing } = book.known;
      if (sharing === undefined || listener !== undefined) return;
      const { host, port } = sharing;
      try {
        await openAt(host, port);
      } catch (error) {
        const { message, next } = toProblem(error);
        textLog.warn(message, { next });
        // Aborted: this hub ends.
        goOn(host, port).catch(() => undefined);
      }
    },
    shut: () =>
      inTurn(async () => {
        if (book.known.sharing !== undefined)
          await book.add("human", { type: "SharingClosed", data: {} });
        await listener?.close();
        listener = undefined;
        changed();
      }),
    async close() {
      closed.abort(new Error("the hub ends"));
      await listener?.close();
      listener = undefined;
    },
  };
}
