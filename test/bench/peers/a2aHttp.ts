/** Blocking SendMessage over HTTP with keep-alive: the same client for the SDK's server and for our hub. */
import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { sendParams } from "./roundtable.ts";
import type { Caller, Target } from "./words.ts";

export function a2aHttpCaller(
  { port, token }: Target,
  path: string,
  lanes: number,
): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: lanes });
  const { message } = sendParams();
  let lastId = 0;
  return {
    call() {
      lastId += 1;
      const body = JSON.stringify({
        jsonrpc: "2.0",
        id: lastId,
        method: "SendMessage",
        params: { message: { ...message, messageId: randomUUID() } },
      });
      return new Promise((resolve, reject) => {
        const ask = request(
          {
            host: "127.0.0.1",
            port,
            path,
            method: "POST",
            agent,
            headers: {
              "content-type": "application/json",
              "content-length": Buffer.byteLength(body),
              "a2a-version": "1.0",
              ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
            },
          },
          (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("end", () => {
              const text = Buffer.concat(chunks).toString();
              if (text.includes("TASK_STATE_COMPLETED")) resolve();
              else reject(new Error(text.slice(0, 300)));
            });
          },
        );
        ask.on("error", reject);
        ask.end(body);
      });
    },
    close() {
      agent.destroy();
      return Promise.resolve();
    },
  };
}
