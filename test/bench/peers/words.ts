/** What the clients of the message benches have in common. */

/** Where a server of a bench is, and what a client needs to get in. */
export interface Target {
  readonly port: number;
  /** The hub's token; empty elsewhere. */
  readonly token: string;
}

/** One-way traffic A → server → B; both ends are in this process, on connections of their own. */
export interface Channel {
  /** Hands over that many messages at once. */
  send(count: number): void;
  /** Tells how many more have arrived at B and, where the channel acknowledges, how many more were acknowledged to A. */
  onProgress(listener: (what: "delivered" | "acknowledged") => void): void;
  /** Whether A is told that its messages are safe. */
  readonly acknowledges: boolean;
  close(): Promise<void>;
}

/** Request and reply between A and B through a server. */
export interface Caller {
  /** One request, answered by B. */
  call(): Promise<void>;
  close(): Promise<void>;
}

/** An A2A message of 1,024 bytes as JSON. */
export const PAYLOAD = ((): string => {
  const message = (text: string): string =>
    JSON.stringify({
      messageId: "0190b5a2-7d6f-7c43-9d0c-0f6a3f2b9e11",
      contextId: "01j9zv7m3k8q4w5e6r7t8y9u0i",
      role: "ROLE_USER",
      parts: [{ text, mediaType: "text/plain" }],
      metadata: { workKey: "bench", doing: "measuring" },
    });
  return message("x".repeat(1024 - message("").length));
})();
