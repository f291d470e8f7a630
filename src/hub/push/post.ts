import { request as httpRequest } from "node:http";
import type { RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Address } from "./addresses.ts";

/** How a POST went; `again` says whether another try may go better. `why` names neither address nor secrets. */
export type Posted =
  | { readonly ok: true }
  | { readonly ok: false; readonly again: boolean; readonly why: string };

function judge(status: number): Posted {
  if (status >= 200 && status < 300) return { ok: true };
  const again = status >= 500 || [408, 425, 429].includes(status);
  const why =
    status >= 300 && status < 400
      ? `it answered ${status}, and redirects are not followed`
      : `it answered ${status}`;
  return { ok: false, again, why };
}

function troubleOf(error: Error): string {
  // The message of a network error names the address; its code does not.
  return "code" in error && typeof error.code === "string"
    ? `no connection (${error.code})`
    : "no connection";
}

/** POSTs once, to that address and no other, whatever the name of the host resolves to by now. Never rejects; an aborted `signal` ends it as a failure with the reason's message. */
export function post(
  target: { readonly url: URL; readonly at: Address },
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<Posted> {
  const { url, at } = target;
  const options: RequestOptions = {
    method: "POST",
    // A connection of its own: none is shared with what was opened to another address.
    agent: false,
    lookup: (_host, { all }, found) => {
      if (all === true) found(null, [at]);
      else found(null, at.address, at.family);
    },
    headers: { ...headers, "Content-Length": Buffer.byteLength(body) },
    signal,
  };
  return new Promise((resolve) => {
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const sent = send(url, options, (response) => {
      resolve(judge(response.statusCode ?? 0));
      // What it says beyond its status is nobody's business.
      response.destroy();
    });
    sent.on("error", (error) => {
      const why = signal.aborted
        ? (signal.reason as Error).message
        : troubleOf(error);
      resolve({ ok: false, again: true, why });
    });
    sent.end(body);
  });
}
