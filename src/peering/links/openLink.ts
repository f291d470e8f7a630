import type { Clock } from "../../ports.ts";
import { LinkFrame, type Scope } from "../../protocol/peer.ts";
import type { PeerLink } from "../link.ts";
import { cleaned } from "../talk/cleaned.ts";
import { createFlow } from "./flow.ts";
import { readJson } from "./hello.ts";
import { BEAT_MS, MAX_WAITING, SILENT_MS } from "./limits.ts";
import { CLOSE, type Wire } from "./wire.ts";

/** Time that what has arrived already gets to be read before silence counts, ms. */
const GRACE_MS = 250;

/** A difference in latency worth telling, ms. */
const WORTH_MS = 5;

/** An open link as those see it who keep it. */
export interface OpenLink extends PeerLink {
  /** Whether this hub called. */
  readonly isOurCall: boolean;
  /** Ends it at once; nothing more of it is heard. */
  destroy(why: string): void;
  /** Resolves with the reason when it has ended. */
  readonly ended: Promise<string>;
}

/** What an open link runs under. */
export interface OpenLinkOptions {
  readonly hubId: string;
  readonly wire: Wire;
  readonly isOurCall: boolean;
  readonly clock: Clock;
  readonly mono: () => number;
  /** What this hub grants the other, told first. */
  readonly scopes: readonly Scope[];
  /** A frame that is neither a heartbeat nor about scopes. One that throws ends the link. */
  readonly onFrame: (link: OpenLink, frame: LinkFrame) => void;
  /** What the other hub grants us. */
  readonly onScopes: (scopes: readonly Scope[]) => void;
  readonly onHeard: () => void;
  /** The latency is another one than it was. */
  readonly onLatency: () => void;
  /** What {@link OpenLinkOptions.onFrame} threw. */
  readonly onTrouble: (error: unknown) => void;
}

/** A link over a wire on which both hellos were checked: heartbeats, bounds, frames. Reading begins with {@link OpenLink} in the caller's hands, a turn later. */
export function openLink(options: OpenLinkOptions): OpenLink {
  const { wire, mono, clock } = options;
  const stopped = new AbortController();
  const flow = createFlow(mono);
  let heard = mono();
  let isPaused = false;
  let pinged: { readonly id: number; readonly at: number } | undefined;
  let latency: number | undefined;

  const link: OpenLink = {
    hubId: options.hubId,
    isOurCall: options.isOurCall,
    ended: wire.ended,
    send(frame) {
      if (!wire.isOpen) return;
      wire.send(JSON.stringify(frame));
      if (wire.waiting() > MAX_WAITING)
        wire.close(CLOSE.slow, "the other hub reads too slowly");
    },
    waiting: () => wire.waiting(),
    latencyMs: () => latency,
    close(why) {
      link.send({ t: "bye", why: why.slice(0, 500) });
      wire.close(CLOSE.done, why);
    },
    destroy(why) {
      wire.destroy(why);
    },
  };

  function measured(ms: number): void {
    const before = latency ?? Infinity;
    latency = ms;
    if (Math.abs(ms - before) >= WORTH_MS) options.onLatency();
  }

  function take(frame: LinkFrame): void {
    switch (frame.t) {
      case "ping":
        link.send({ t: "pong", id: frame.id });
        return;
      case "pong":
        if (frame.id === pinged?.id) measured(mono() - pinged.at);
        return;
      case "scopes":
        options.onScopes(frame.scopes);
        return;
      case "bye":
        wire.close(CLOSE.done, cleaned(frame.why, 500) || "it said goodbye");
        return;
      default:
        options.onFrame(link, frame);
    }
  }

  function hear(text: string): void {
    heard = mono();
    options.onHeard();
    const wait = flow.take(Buffer.byteLength(text));
    if (wait === "flooded") {
      wire.close(CLOSE.flood, "far more was sent than a hub may");
      return;
    }
    if (wait > 0) void rest(wait);
    const frame = LinkFrame.safeParse(readJson(text));
    if (!frame.success) {
      wire.close(CLOSE.protocol, "a frame that is none of a link");
      return;
    }
    try {
      take(frame.data);
    } catch (error) {
      wire.close(CLOSE.protocol, "a frame could not be taken");
      options.onTrouble(error);
    }
  }

  /** Reads nothing for a while: TCP makes the other side wait. */
  async function rest(ms: number): Promise<void> {
    if (isPaused) return;
    isPaused = true;
    wire.pause();
    await clock.after(ms, stopped.signal).catch(() => undefined);
    isPaused = false;
    heard = mono();
    wire.resume();
  }

  const isSilent = (): boolean => !isPaused && mono() - heard > SILENT_MS;

  async function beat(): Promise<void> {
    for (let id = 1; wire.isOpen; id++) {
      pinged = { id, at: mono() };
      link.send({ t: "ping", id });
      await clock.after(BEAT_MS, stopped.signal);
      if (!isSilent()) continue;
      await clock.after(GRACE_MS, stopped.signal);
      if (isSilent()) wire.destroy("nothing was heard for 6 s");
    }
  }

  void wire.ended.then(() => {
    stopped.abort(new Error("the link has ended"));
  });
  link.send({ t: "scopes", scopes: [...options.scopes] });
  // Aborted: the link has ended.
  beat().catch(() => undefined);
  queueMicrotask(() => {
    wire.onFrame(hear);
  });
  return link;
}
