import { RoundtableError } from "../../core/errors.ts";

/** Largest card and answer, and longest event of a stream, bytes. */
export const MAX_BYTES = { card: 262_144, answer: 4_194_304 } as const;

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Trouble with a server elsewhere, with what to do about it. */
export function troubled(
  what: string,
  next: string,
  cause?: unknown,
): RoundtableError {
  return new RoundtableError(
    "remote-agent-failed",
    `The server elsewhere ${what}.`,
    next,
    { cause },
  );
}

function isLoopback(url: URL): boolean {
  return LOOPBACK.test(url.hostname);
}

/** The address, if it may be called: https, or http on this machine; without a name and password in it. What a card from elsewhere names must not be on this machine. */
export function checkedUrl(address: string, from?: URL): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isSafe =
    url !== undefined &&
    (url.protocol === "https:" ||
      (url.protocol === "http:" && isLoopback(url))) &&
    url.username === "" &&
    url.password === "";
  if (url === undefined || !isSafe)
    throw troubled(
      "has an address that is not called",
      "Use https://…, or http:// on this machine, without a name and password in it.",
    );
  if (from !== undefined && isLoopback(url) && !isLoopback(from))
    throw troubled(
      "names an address on this machine in its card",
      "It is not called. Ask its owner to correct the card.",
    );
  return url;
}

/** How a server elsewhere is asked. */
export interface Asking {
  readonly url: URL;
  /** Sent as `Authorization: Bearer`; empty for none. */
  readonly token: string;
  readonly signal: AbortSignal;
  /** JSON to post; a GET without. */
  readonly body?: string;
}

/** Sends a request and gives the answer's head; follows no redirect. Rejects with `remote-agent-failed`. */
export async function ask(asking: Asking, accept: string): Promise<Response> {
  const { url, token, signal, body } = asking;
  let response: Response;
  try {
    response = await fetch(url, {
      redirect: "manual",
      signal,
      headers: {
        accept,
        "a2a-version": "1.0",
        ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { method: "POST", body }),
    });
  } catch (cause) {
    signal.throwIfAborted();
    throw troubled(
      `at ${url.host} does not answer`,
      "Check that it runs and can be reached from here, then try again.",
      cause,
    );
  }
  if (response.ok) return response;
  await response.body?.cancel();
  throw response.status === 401 || response.status === 403
    ? troubled(
        `at ${url.host} does not let us in (${String(response.status)})`,
        "Check the token it wants: --token-env names the variable that holds it.",
      )
    : troubled(
        `at ${url.host} answers with status ${String(response.status)}`,
        response.status < 400
          ? "It is not followed elsewhere. Use the address it moved to, if you trust that."
          : "Check the address, or try again later.",
      );
}

/** The body as pieces of text, no more than `max` bytes of it when that is given. */
export async function* textOf(
  response: Response,
  max = Infinity,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let size = 0;
  if (response.body === null) return;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > max)
      throw troubled(
        `sends more than ${String(max)} bytes at once`,
        "It was cut off; nothing of the answer was used.",
      );
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}

/** The whole body as JSON. */
export async function jsonOf(
  response: Response,
  max: number,
): Promise<unknown> {
  let text = "";
  for await (const piece of textOf(response, max)) text += piece;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw troubled(
      "answers with something that is not JSON",
      "Check that the address is that of an A2A server.",
      cause,
    );
  }
}

/** The data of each server-sent event, in order (HTML standard, §9.2.6); an event larger than an answer may be ends it. */
export async function* eventsOf(
  response: Response,
): AsyncGenerator<string, void> {
  let rest = "";
  let data: string[] = [];
  let size = 0;
  for await (const piece of textOf(response)) {
    const lines = `${rest}${piece}`.split(/\r\n|\n|\r(?=[^\n])/);
    rest = lines.pop() ?? "";
    if (size + rest.length > MAX_BYTES.answer)
      throw troubled("streams too much at once", "It was cut off.");
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) yield data.join("\n");
        data = [];
        size = 0;
      } else if (line.startsWith("data:")) {
        data.push(line.slice(5).replace(/^ /, ""));
        size += line.length;
      }
    }
  }
}
