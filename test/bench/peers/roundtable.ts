/** Clients of our hub: envelope frames over a socket of the subprotocol roundtable.v1 (docs/messages.md). */
import { randomUUID } from "node:crypto";
import { ENVELOPE_SUBPROTOCOL } from "../../../src/protocol/envelope.ts";
import { SUBPROTOCOL } from "../../../src/protocol/hub.ts";
import { cardOf } from "../../hub/scriptedAgent.ts";
import type { CorkedSocket } from "./corked.ts";
import { openCorked } from "./corked.ts";
import type { Caller, Channel, Target } from "./words.ts";
import { PAYLOAD } from "./words.ts";

const MARK = "!".charCodeAt(0);

/** One end at the hub: envelopes in and out, and JSON-RPC for the rest. */
interface End {
  readonly socket: CorkedSocket;
  readonly rpc: (method: string, params: unknown) => Promise<unknown>;
  notify(method: string, params: unknown): void;
  /** Hears the bytes of envelope frames. */
  onEnvelope(listener: (frame: Buffer) => void): void;
  onNotification(listener: (method: string, params: unknown) => void): void;
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: unknown;
}

async function openEnd(
  { port, token }: Target,
  protocol: string = ENVELOPE_SUBPROTOCOL,
): Promise<End> {
  const socket = await openCorked(
    `ws://127.0.0.1:${String(port)}/ws`,
    protocol,
    token,
  );
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  let envelope: (frame: Buffer) => void = () => undefined;
  let notification: (method: string, params: unknown) => void = () => undefined;
  socket.onFrame((frame) => {
    if (frame[0] === MARK) {
      envelope(frame);
      return;
    }
    const answer = JSON.parse(frame.toString()) as Answer;
    if (answer.method !== undefined) notification(answer.method, answer.params);
    else waiting.get(answer.id ?? 0)?.(answer);
  });
  return {
    socket,
    rpc: (method, params) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        const id = lastId;
        waiting.set(id, ({ result, error }) => {
          waiting.delete(id);
          if (error === undefined) resolve(result);
          else reject(new Error(error.message));
        });
        socket.send([JSON.stringify({ jsonrpc: "2.0", id, method, params })]);
      }),
    notify(method, params) {
      socket.send([JSON.stringify({ jsonrpc: "2.0", method, params })]);
    },
    onEnvelope(listener) {
      envelope = listener;
    },
    onNotification(listener) {
      notification = listener;
    },
  };
}

const register = (end: End, agentId: string): Promise<unknown> =>
  end.rpc("agent/register", {
    agentId,
    role: "bench",
    lineage: "bench",
    card: cardOf(agentId),
  });

/** A name nobody bore before in this run. */
const fresh = (name: string): string =>
  `${name}-${randomUUID().slice(0, 8).toLowerCase()}`;

/** Envelopes in one frame, as somebody who has many to send puts them. */
const IN_A_FRAME = 32;

/** As many envelopes as wanted, several in each frame. */
function* packed(
  howMany: number,
  envelope: () => string,
): Generator<string, void, undefined> {
  for (let left = howMany; left > 0; left -= IN_A_FRAME)
    yield `!${Array.from({ length: Math.min(left, IN_A_FRAME) }, envelope).join("\n")}`;
}

export async function liveChannel(target: Target): Promise<Channel> {
  const a = await openEnd(target);
  const b = await openEnd(target);
  const topic = fresh("bench");
  await b.rpc("envelope/subscribe", { topics: [topic] });
  const prefix = randomUUID();
  let count = 0;
  const frames = (howMany: number): Generator<string> =>
    packed(howMany, () => {
      count += 1;
      return `!{"id":"${prefix}-${String(count)}","to":"topic:${topic}"}\n${PAYLOAD}`;
    });
  return {
    acknowledges: false,
    send(howMany) {
      a.socket.send(frames(howMany));
    },
    onProgress(listener) {
      b.onEnvelope(() => {
        listener("delivered");
      });
    },
    async close() {
      await a.socket.close();
      await b.socket.close();
    },
  };
}

const SEQ = Buffer.from('"seq":');

/** The place of a durable message, read from its header without parsing the rest. */
function seqOf(frame: Buffer): number {
  const end = frame.indexOf(10);
  const at = frame.subarray(0, end).indexOf(SEQ) + SEQ.length;
  let seq = 0;
  for (let n = at; n < end; n += 1) {
    const digit = (frame[n] ?? 0) - 48;
    if (digit < 0 || digit > 9) break;
    seq = seq * 10 + digit;
  }
  return seq;
}

export async function durableChannel(target: Target): Promise<Channel> {
  const a = await openEnd(target);
  const b = await openEnd(target);
  const agentId = fresh("b");
  await register(b, agentId);
  const prefix = randomUUID();
  let count = 0;
  let seqs: number[] = [];
  const frames = (howMany: number): Generator<string> =>
    packed(howMany, () => {
      count += 1;
      return `!{"id":"${prefix}-${String(count)}","to":"agent:${agentId}","durable":true}\n${PAYLOAD}`;
    });
  return {
    acknowledges: true,
    send(howMany) {
      a.socket.send(frames(howMany));
    },
    onProgress(listener) {
      b.onEnvelope((frame) => {
        if (seqs.length === 0)
          setImmediate(() => {
            b.notify("envelope/ack", { seqs });
            seqs = [];
          });
        seqs.push(seqOf(frame));
        listener("delivered");
      });
      a.onNotification((method, params) => {
        if (method !== "envelope/accepted")
          throw new Error(`${method} ${JSON.stringify(params)}`);
        const { ids } = params as { readonly ids: readonly string[] };
        for (const _id of ids) listener("acknowledged");
      });
    },
    async close() {
      await a.socket.close();
      await b.socket.close();
    },
  };
}

const ID = /"id":"([^"]+)"/;
const FROM = /"from":"([^"]+)"/;

/** Request and reply as envelopes, live or durable. */
export async function envelopeCaller(
  target: Target,
  durable: boolean,
): Promise<Caller> {
  const a = await openEnd(target);
  const b = await openEnd(target);
  const asker = fresh("a");
  const answerer = fresh("b");
  await register(a, asker);
  await register(b, answerer);
  const mode = durable ? ',"durable":true' : "";
  const prefix = randomUUID();
  let count = 0;
  let answered: () => void = () => undefined;
  b.onEnvelope((frame) => {
    const header = frame.toString("latin1", 1, frame.indexOf(10));
    const id = ID.exec(header)?.[1] ?? "";
    const from = FROM.exec(header)?.[1] ?? "";
    count += 1;
    b.socket.send([
      `!{"id":"${prefix}-r${String(count)}","to":"agent:${from}","type":"response","correlationId":"${id}"${mode}}\n${PAYLOAD}`,
    ]);
    if (durable) b.notify("envelope/ack", { seqs: [seqOf(frame)] });
  });
  a.onEnvelope((frame) => {
    if (durable) a.notify("envelope/ack", { seqs: [seqOf(frame)] });
    answered();
  });
  return {
    call: () =>
      new Promise((resolve) => {
        answered = resolve;
        count += 1;
        a.socket.send([
          `!{"id":"${prefix}-${String(count)}","to":"agent:${answerer}","type":"request"${mode}}\n${PAYLOAD}`,
        ]);
      }),
    async close() {
      await a.socket.close();
      await b.socket.close();
    },
  };
}

/** Blocking SendMessage over the WebSocket binding. */
export async function a2aSocketCaller(target: Target): Promise<Caller> {
  const a = await openEnd(target, SUBPROTOCOL);
  const { message } = sendParams();
  return {
    async call() {
      await a.rpc("SendMessage", {
        tenant: "worker",
        message: { ...message, messageId: randomUUID() },
      });
    },
    async close() {
      await a.socket.close();
    },
  };
}

/** Parameters of SendMessage with the 1 KB message, in a context of its own. */
export function sendParams(): { readonly message: Record<string, unknown> } {
  const { contextId: _shared, ...message } = JSON.parse(PAYLOAD) as Record<
    string,
    unknown
  >;
  return { message };
}
