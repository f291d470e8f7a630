import type { Transport } from "../ports.ts";

/** What one end has yet to hear: frames in order, then the end. */
interface Inbox {
  /** Set once nothing more is taken in. */
  ending: string | undefined;
  frames: string[];
  hear: ((frame: string) => void) | undefined;
  readonly tellClosed: ((why: string) => void)[];
  pumping: boolean;
}

function createInbox(): Inbox {
  return {
    ending: undefined,
    frames: [],
    hear: undefined,
    tellClosed: [],
    pumping: false,
  };
}

/** Delivers one item per microtask, so that a listener that throws holds up nothing behind it. */
function pump(inbox: Inbox): void {
  if (inbox.pumping) return;
  const canHear = inbox.hear !== undefined && inbox.frames.length > 0;
  const canEnd = inbox.ending !== undefined && inbox.tellClosed.length > 0;
  if (!canHear && !canEnd) return;
  inbox.pumping = true;
  queueMicrotask(() => {
    inbox.pumping = false;
    const frame = inbox.hear === undefined ? undefined : inbox.frames.shift();
    const tell =
      frame === undefined && inbox.ending !== undefined
        ? inbox.tellClosed.shift()
        : undefined;
    pump(inbox);
    if (frame !== undefined) inbox.hear?.(frame);
    else tell?.(inbox.ending ?? "");
  });
}

function createEnd(own: Inbox, other: Inbox): Transport {
  return {
    send(frame) {
      if (own.ending !== undefined || other.ending !== undefined) return;
      other.frames.push(frame);
      pump(other);
    },
    onFrame(listener) {
      own.hear = listener;
      pump(own);
    },
    onClose(listener) {
      own.tellClosed.push(listener);
      pump(own);
    },
    close(why) {
      other.ending ??= why;
      pump(other);
      if (own.ending !== undefined) return;
      own.ending = why;
      own.frames = [];
      pump(own);
    },
  };
}

/** Two ends of one channel in memory. Delivery is asynchronous and in order, like a socket's; frames sent before the end are heard before it. */
export function createLinkedPair(): readonly [Transport, Transport] {
  const left = createInbox();
  const right = createInbox();
  return [createEnd(left, right), createEnd(right, left)];
}
