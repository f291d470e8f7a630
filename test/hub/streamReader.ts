/** Readers of one stream over a bare socket or a bare response: what comes is seen frame by frame, and reading can stop. */
import { once } from "node:events";
import type WebSocket from "ws";
import type { StreamResponse } from "../../src/protocol/a2a.ts";
import type { WireFailure } from "./webSocketClient.ts";

/** One frame of the hub. */
export interface Frame {
  readonly id?: number | string | null;
  readonly result?: unknown;
  readonly error?: WireFailure;
  readonly streamEnd?: boolean;
}

/** The generation an item stands for. */
export function generationOf(item: unknown): number {
  const { task, statusUpdate, artifactUpdate } = item as StreamResponse;
  const of = task ?? statusUpdate ?? artifactUpdate;
  return Number(of?.metadata?.["generation"]);
}

/** Numbers from `first` to `last`. */
export function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

export interface FrameReader {
  /** Everything that came, in order. */
  readonly frames: readonly Frame[];
  send(frame: object): void;
  /** Resolves once a frame that came fits, with everything up to it. */
  until(fits: (frame: Frame) => boolean): Promise<readonly Frame[]>;
  /** Resolves once so many frames came. */
  count(frames: number): Promise<readonly Frame[]>;
}

/** Hears everything a socket gets. */
export function readFrames(socket: WebSocket): FrameReader {
  const frames: Frame[] = [];
  let wake: () => void = () => undefined;
  socket.on("message", (data: Buffer) => {
    frames.push(JSON.parse(data.toString("utf8")) as Frame);
    wake();
  });
  const more = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  return {
    frames,
    send(frame) {
      socket.send(JSON.stringify({ jsonrpc: "2.0", ...frame }));
    },
    async until(fits) {
      for (;;) {
        const at = frames.findIndex(fits);
        if (at >= 0) return frames.slice(0, at + 1);
        await more();
      }
    },
    async count(wanted) {
      while (frames.length < wanted) await more();
      return frames.slice(0, wanted);
    },
  };
}

/** A frame and an answer: everything sent before was dealt with. */
export async function settled(
  reader: FrameReader,
  id: string,
): Promise<readonly Frame[]> {
  reader.send({ id, method: "GetTask", params: { id: "nobody" } });
  return reader.until((frame) => frame.id === id);
}

/** One server-sent event. */
export interface SentEvent {
  readonly id: string | undefined;
  readonly data: { readonly result?: StreamResponse };
}

/** The events of a response, as they come; ends with it. */
export async function* readEvents(
  response: Response,
): AsyncGenerator<SentEvent, void> {
  let text = "";
  for await (const chunk of (
    response.body as unknown as ReadableStream<Uint8Array>
  ).pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (;;) {
      const end = text.indexOf("\n\n");
      if (end < 0) break;
      const lines = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const valueOf = (name: string): string | undefined =>
        lines
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      const data = valueOf("data");
      if (data !== undefined)
        yield {
          id: valueOf("id"),
          data: JSON.parse(data) as SentEvent["data"],
        };
    }
  }
}

/** Ends a socket at once, as a cut cable would. */
export async function cut(socket: WebSocket): Promise<void> {
  const closed = once(socket, "close");
  socket.terminate();
  await closed;
}
