import { RoundtableError, toProblem } from "../../core/errors.ts";
import type { Chance, Clock, Hash, TextLog } from "../../ports.ts";
import type { PeerTable } from "../../ports/peering.ts";
import type { Message } from "../../protocol/a2a.ts";
import type { PeerBodyOf, PeerEnvelope } from "../../protocol/peer.ts";
import { MessagePeer, type PeerMessageOutcome } from "../../protocol/peers.ts";
import type { PeeringTable } from "../rooms.ts";
import { asked } from "../asked.ts";
import { createErrands } from "./errands.ts";
import { fitting } from "./fitting.ts";

/** Messages of one peer that agents here work on at once, and those that wait. */
const AT_ONCE = 3;
const MAX_WAITING = 200;

/** Messages to agents of peers, and of peers to agents here. */
export interface Messages {
  /** `peers/message`. Rejects with `peer-refused`, `peering-failed`. */
  send(params: unknown, by: string): Promise<PeerMessageOutcome>;
  /** Takes up what waits, if it may be done now. */
  goOn(): void;
  /** Lets go of everything a peer asked for; what waits is never done. */
  drop(hubId: string): void;
  close(): Promise<void>;
}

/** Gives peers' messages to agents here, each once: what was answered before a restart is not asked again, what was not is. */
export function createMessages(
  table: PeeringTable,
  deps: {
    readonly chance: Chance;
    readonly clock: Clock;
    readonly hash: Hash;
    readonly textLog: TextLog;
    readonly ours: Pick<PeerTable, "send">;
    /** Whether the kill switch is pulled. */
    readonly stopped: () => boolean;
  },
): Messages {
  const { chance, clock, hash, textLog, ours, stopped } = deps;
  /** Answers that somebody waits for, by message id. */
  const awaited = new Map<string, Set<(done: Done) => void>>();
  const errands = createErrands<PeerBodyOf<"message">>({
    atOnce: AT_ONCE,
    maxWaiting: MAX_WAITING,
    mayRun: (hubId) => !stopped() && isPaired(hubId),
    run: answer,
  });

  type Done = PeerBodyOf<"messageDone">;

  function isPaired(hubId: string): boolean {
    return table.peers().some((peer) => peer.hubId === hubId);
  }

  async function answer(
    hubId: string,
    body: PeerBodyOf<"message">,
    signal: AbortSignal,
  ): Promise<void> {
    const { messageId } = body.message;
    const done = await outcomeOf(hubId, body, signal);
    // Closed, revoked or stopped meanwhile: it is taken up again, or never.
    if (done === undefined || signal.aborted) return;
    const room = await table.pair(hubId);
    await room.say({ kind: "messageDone", messageId, ...done });
  }

  async function outcomeOf(
    hubId: string,
    { to, message }: PeerBodyOf<"message">,
    signal: AbortSignal,
  ): Promise<Pick<Done, "task" | "problem"> | undefined> {
    try {
      const task = await ours.send(hubId, to, plain(hubId, message), signal);
      return { task: fitting(task) };
    } catch (error) {
      if (signal.aborted) return undefined;
      const { code, message: why } = toProblem(error);
      // Nothing was started, and it is taken up when the switch is released.
      if (code === "stopped" || code === "log-closed") return undefined;
      return { problem: why.slice(0, 2000) };
    }
  }

  /** What a peer may say to an agent here: text, in a conversation that belongs to this peer alone. */
  function plain(hubId: string, message: Message): Message {
    const { messageId, contextId, parts } = message;
    const texts = parts.flatMap(({ text }) =>
      text === undefined ? [] : [{ text }],
    );
    return {
      messageId,
      role: "ROLE_USER",
      parts: texts.length > 0 ? texts : [{ text: "(no text)" }],
      ...(contextId !== undefined && {
        contextId: `peer-${hash(`${hubId} ${contextId}`).slice(0, 32)}`,
      }),
    };
  }

  function take(hubId: string, body: PeerBodyOf<"message">): void {
    const full = errands.add(hubId, body.message.messageId, body);
    if (full === undefined) return;
    textLog.warn("A peer's message was refused.", { hubId, why: full });
    table
      .pair(hubId)
      .then((room) =>
        room.say({
          kind: "messageDone",
          messageId: body.message.messageId,
          problem: full,
        }),
      )
      .catch((error: unknown) => {
        textLog.warn("A peer could not be told so.", { why: String(error) });
      });
  }

  /** What peers asked before a restart and nobody answered. */
  function takeUp(said: readonly PeerEnvelope[], self: string): void {
    const open = new Map<string, readonly [string, PeerBodyOf<"message">]>();
    for (const { origin, body } of said)
      if (body.kind === "message" && origin !== self)
        open.set(body.message.messageId, [origin, body]);
    for (const { origin, body } of said)
      if (body.kind === "messageDone" && origin === self)
        open.delete(body.messageId);
    for (const [hubId, body] of open.values()) take(hubId, body);
  }

  const stop = table.onHeard(({ from, body }) => {
    if (body.kind === "message" && !isAnswered(from, body.message.messageId))
      take(from, body);
    if (body.kind === "messageDone")
      for (const tell of awaited.get(nameOf(from, body.messageId)) ?? [])
        tell(body);
  });
  const ready = takeUpAll();

  async function takeUpAll(): Promise<void> {
    const self = await table.self();
    for (const { hubId } of table.peers()) takeUp(saidWith(hubId), self);
  }

  /** Everything two hubs said to each other that is at hand. */
  function saidWith(hubId: string): readonly PeerEnvelope[] {
    return table
      .rooms()
      .filter(
        ({ kind, members }) =>
          kind === "pair" && members.some((member) => member.hubId === hubId),
      )
      .flatMap((room) => room.said().map(({ envelope }) => envelope));
  }

  function isAnswered(from: string, messageId: string): boolean {
    return saidWith(from).some(
      ({ origin, body }) =>
        origin !== from &&
        body.kind === "messageDone" &&
        body.messageId === messageId,
    );
  }

  return {
    async send(params, by) {
      const wanted = asked(MessagePeer, params);
      const { hubId, to, text } = wanted;
      await ready;
      const room = await table.pair(hubId);
      const theirs = table.theirs(hubId);
      if (table.isConnected(hubId) && !theirs.includes("message"))
        throw notGranted();
      const messageId = wanted.messageId ?? chance.id();
      const name = nameOf(hubId, messageId);
      const answered = Promise.withResolvers<Done>();
      const waiters = awaited.get(name) ?? new Set();
      awaited.set(name, waiters);
      waiters.add(answered.resolve);
      const over = new AbortController();
      try {
        const said = saidWith(hubId);
        const before = doneIn(said, hubId, messageId);
        if (before !== undefined) return outcome(messageId, before);
        if (!isSaid(said, hubId, messageId))
          await room.say({
            kind: "message",
            to,
            from: by.slice(0, 64),
            message: { messageId, role: "ROLE_USER", parts: [{ text }] },
          });
        const late = clock.after(wanted.waitMs, over.signal).then(
          () => undefined,
          () => undefined,
        );
        const done = await Promise.race([answered.promise, late]);
        return done === undefined
          ? { messageId, state: "waiting" }
          : outcome(messageId, done);
      } finally {
        over.abort();
        waiters.delete(answered.resolve);
        if (waiters.size === 0) awaited.delete(name);
      }
    },
    goOn: () => {
      errands.goOn();
      // What was interrupted by the switch waits nowhere but in its room.
      takeUpAll().catch((error: unknown) => {
        textLog.warn("Messages of peers could not be taken up.", {
          why: String(error),
        });
      });
    },
    drop: (hubId) => {
      errands.drop(hubId);
    },
    async close() {
      stop();
      await errands.close();
    },
  };
}

function nameOf(hubId: string, messageId: string): string {
  return `${hubId} ${messageId}`;
}

function isSaid(
  said: readonly PeerEnvelope[],
  to: string,
  messageId: string,
): boolean {
  return said.some(
    ({ origin, body }) =>
      origin !== to &&
      body.kind === "message" &&
      body.message.messageId === messageId,
  );
}

function doneIn(
  said: readonly PeerEnvelope[],
  by: string,
  messageId: string,
): PeerBodyOf<"messageDone"> | undefined {
  for (const { origin, body } of said)
    if (
      origin === by &&
      body.kind === "messageDone" &&
      body.messageId === messageId
    )
      return body;
  return undefined;
}

function outcome(
  messageId: string,
  { task, problem }: PeerBodyOf<"messageDone">,
): PeerMessageOutcome {
  return task === undefined
    ? {
        messageId,
        state: "refused",
        problem: problem ?? "No reason was given.",
      }
    : { messageId, state: "done", task };
}

function notGranted(): RoundtableError {
  return new RoundtableError(
    "peer-refused",
    "That hub does not let this one write to its agents.",
    "Nothing was sent. Ask its owner for the scope `message`.",
  );
}
