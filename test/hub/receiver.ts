/** A receiver of push notifications on a real socket, and what it got. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { StreamResponse } from "../../src/protocol/a2a.ts";

export interface Got {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly item: StreamResponse;
}

export interface Receiver {
  readonly origin: string;
  readonly port: number;
  /** Everything that was POSTed, in order, whatever was answered. */
  readonly got: readonly Got[];
  /** Resolves once something that was POSTed fits. */
  until(fits: (got: Got) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Listens on loopback; `answer` says the status for the nth request, from 0, 200 by default, and where a redirect leads. */
export async function openReceiver(
  answer: (nth: number) => number = () => 200,
  location = "",
): Promise<Receiver> {
  const got: Got[] = [];
  let wake: () => void = () => undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      got.push({
        path: request.url ?? "",
        headers: request.headers,
        item: JSON.parse(text) as StreamResponse,
      });
      response.writeHead(answer(got.length - 1), { location });
      response.end();
      wake();
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    got,
    async until(fits) {
      while (!got.some(fits))
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
