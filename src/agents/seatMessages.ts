/** Requests that reach an agent as messages: it answers them as it answers questions over A2A. */
import type { Chance, Clock, Reply } from "../ports.ts";
import { Send, type EnvelopeHeader } from "../protocol/envelope.ts";
import { answerText } from "./answerArtifact.ts";

/** Requests an agent works on at once; further ones are refused. */
const AT_ONCE = 4;
/** Time between two signs of life, ms; who asked gives up after 30 s without one. */
const SIGN_MS = 10_000;

/** What answering needs. */
export interface MessagePorts {
  readonly agentId: string;
  readonly chance: Chance;
  readonly clock: Clock;
  /** Sends a message through the hub; what becomes of it does not matter to the agent. */
  send(header: EnvelopeHeader, payload: unknown): void;
  /** Tells the hub that a durable message was dealt with. */
  acknowledge(seq: number): void;
  /** Answers a question; `said` gets whole turns of words on the way. */
  reply(
    text: string,
    said: (words: string) => void,
    signal: AbortSignal,
  ): Promise<Reply>;
}

/** Takes messages that are delivered to an agent. */
export interface MessageDesk {
  /** Answers a request; other messages, and what is no message, are passed over. Resolves when it is dealt with, rejects when aborted. */
  take(params: unknown, signal: AbortSignal): Promise<void>;
}

/** A desk for one seat. */
export function openMessageDesk(ports: MessagePorts): MessageDesk {
  const { agentId, chance, clock } = ports;
  let open = 0;

  const answer = (
    request: EnvelopeHeader,
    header: Pick<EnvelopeHeader, "type" | "more">,
    payload: unknown,
  ): void => {
    const { from = "", id, correlationId = id } = request;
    const to = /^[a-z0-9][a-z0-9_-]{0,63}$/.test(from) ? from : agentId;
    ports.send(
      {
        id: chance.id(),
        to: `agent:${to}`,
        durable: false,
        priority: request.priority,
        at: clock.now(),
        correlationId,
        ...header,
      },
      payload,
    );
  };

  /** Keeps who asked waiting, with what was said meanwhile. */
  const watch = async (
    request: EnvelopeHeader,
    words: string[],
    signal: AbortSignal,
  ): Promise<void> => {
    for (;;) {
      await clock.after(SIGN_MS, signal);
      const said = words.splice(0).join("\n\n");
      answer(request, { type: "response", more: true }, said || "…");
    }
  };

  const deal = async (
    request: EnvelopeHeader,
    payload: unknown,
    signal: AbortSignal,
  ): Promise<void> => {
    const over = new AbortController();
    const words: string[] = [];
    const watching = watch(
      request,
      words,
      AbortSignal.any([signal, over.signal]),
    );
    // Ends with a rejection when the answer is there.
    watching.catch(() => undefined);
    try {
      const reply = await ports.reply(
        textOf(payload),
        (said) => words.push(said),
        signal,
      );
      if (reply.ok)
        answer(request, { type: "response" }, answerText(reply.answer));
      else answer(request, { type: "error" }, reply);
    } finally {
      over.abort(new Error("the answer is there"));
    }
  };

  return {
    async take(params, signal) {
      const delivered = Send.safeParse(params);
      if (!delivered.success || delivered.data.header.type !== "request")
        return;
      const { header, payload } = delivered.data;
      if (open >= AT_ONCE) {
        answer(
          header,
          { type: "error" },
          {
            code: "busy",
            message: `${agentId} works on ${String(AT_ONCE)} requests already; ask again later.`,
          },
        );
        return;
      }
      open += 1;
      try {
        await deal(header, payload, signal);
        if (header.seq !== undefined) ports.acknowledge(header.seq);
      } finally {
        open -= 1;
      }
    },
  };
}

function textOf(payload: unknown): string {
  return typeof payload === "string"
    ? payload
    : JSON.stringify(payload ?? null);
}
