/** A client of the subprotocol `roundtable.v1`, written from docs/messages.md and not from the hub's code. */
import { once } from "node:events";
import WebSocket from "ws";
import type { Discovered } from "../../../src/hub/discovery.ts";
import { cardOf } from "../scriptedAgent.ts";
import type { WireFailure } from "../webSocketClient.ts";
import { Refused } from "../webSocketClient.ts";

export interface Got {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: unknown;
  /** The frame as it came. */
  readonly text: string;
}

export interface Told {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Something that comes in order and is waited for one by one. */
interface Stream<T> {
  next(): Promise<T>;
  /** How many came that nobody has asked for yet. */
  waiting(): number;
  push(item: T): void;
}

function createStream<T>(): Stream<T> {
  const items: T[] = [];
  const hungry: ((item: T) => void)[] = [];
  return {
    next: () =>
      new Promise((resolve) => {
        const item = items.shift();
        if (item === undefined) hungry.push(resolve);
        else resolve(item);
      }),
    waiting: () => items.length,
    push(item) {
      const eater = hungry.shift();
      if (eater === undefined) items.push(item);
      else eater(item);
    },
  };
}

export interface EnvelopeClient {
  readonly socket: WebSocket;
  readonly messages: Stream<Got>;
  readonly told: Stream<Told>;
  call(method: string, params: unknown): Promise<unknown>;
  notify(method: string, params: unknown): void;
  send(header: Readonly<Record<string, unknown>>, payload?: unknown): void;
  /** Takes a seat, in the role of its id; `skills` are ids. */
  sit(
    agentId: string,
    role?: string,
    skills?: readonly string[],
  ): Promise<void>;
  close(): Promise<void>;
}

export async function openEnvelopeClient(
  { wsUrl, token }: Discovered,
  protocol = "roundtable.v1",
): Promise<EnvelopeClient> {
  const socket = new WebSocket(wsUrl, [protocol], {
    headers: { authorization: `Bearer ${token}` },
  });
  await once(socket, "open");
  const messages = createStream<Got>();
  const told = createStream<Told>();
  const waiting = new Map<
    number,
    (answer: { result?: unknown; error?: WireFailure }) => void
  >();
  let lastId = 0;
  socket.on("message", (data: Buffer) => {
    const text = data.toString("utf8");
    if (text.startsWith("!")) {
      const end = text.indexOf("\n");
      messages.push({
        header: JSON.parse(text.slice(1, end)) as Got["header"],
        payload: JSON.parse(text.slice(end + 1)) as unknown,
        text,
      });
      return;
    }
    const frame = JSON.parse(text) as Told & {
      readonly id?: number;
      readonly result?: unknown;
      readonly error?: WireFailure;
    };
    if (frame.id !== undefined) waiting.get(frame.id)?.(frame);
    else if (frame.method === "envelope/deliver")
      messages.push({ ...(frame.params as unknown as Got), text });
    else told.push(frame);
  });
  const client: EnvelopeClient = {
    socket,
    messages,
    told,
    call: (method, params) =>
      new Promise((resolve, reject) => {
        const id = (lastId += 1);
        waiting.set(id, ({ result, error }) => {
          waiting.delete(id);
          if (error === undefined) resolve(result);
          else reject(new Refused(error));
        });
        socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
      }),
    notify(method, params) {
      socket.send(JSON.stringify({ jsonrpc: "2.0", method, params }));
    },
    send(header, payload = null) {
      socket.send(`!${JSON.stringify(header)}\n${JSON.stringify(payload)}`);
    },
    async sit(agentId, role = agentId, skills = []) {
      await client.call("agent/register", {
        agentId,
        role,
        lineage: "test-1",
        card: {
          ...cardOf(agentId),
          skills: skills.map((id) => ({
            id,
            name: id,
            description: id,
            tags: [],
          })),
        },
      });
    },
    async close() {
      if (socket.readyState === WebSocket.CLOSED) return;
      const closed = once(socket, "close");
      socket.close();
      await closed;
    },
  };
  return client;
}
