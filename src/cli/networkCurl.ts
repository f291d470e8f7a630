import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { readDiscovery } from "../app.ts";
import type { HubAddress } from "../protocol/hub.ts";

/** Writes the header that shows a listening hub's token beside its discovery file, readable by this user alone, so that no command line holds the token. Returns its path and how to remove it. */
export async function writeHeader({ tokenFile }: HubAddress): Promise<{
  readonly file: string;
  remove(): Promise<void>;
}> {
  const { token } = await readDiscovery(tokenFile);
  const file = join(tokenFile, "..", "authorization");
  const draft = `${file}.${randomBytes(8).toString("hex")}.tmp`;
  // The folder is checked and of mode 0700: the discovery file is there.
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(`Authorization: Bearer ${token}\n`);
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  return { file, remove: () => rm(file, { force: true }) };
}

/** A request of JSON-RPC as a line of curl: its arguments, and the same for a shell. */
export interface CurlLine {
  readonly args: readonly string[];
  readonly line: string;
}

/** What is asked of the hub in the words of A2A 0.3, which need no version header. */
export function curlMessage(
  url: string,
  headerFile: string,
  text: string,
): CurlLine {
  return curl(url, headerFile, {
    jsonrpc: "2.0",
    id: 1,
    method: "message/send",
    params: {
      message: {
        kind: "message",
        messageId: randomBytes(6).toString("hex"),
        role: "user",
        parts: [{ kind: "text", text }],
      },
    },
  });
}

/** A method `peers/…`, for the hub's owner. */
export function curlMethod(
  url: string,
  headerFile: string,
  method: string,
): CurlLine {
  return curl(url, headerFile, { jsonrpc: "2.0", id: 1, method });
}

function curl(url: string, headerFile: string, body: object): CurlLine {
  const args = [
    "-sS",
    `${url}/rpc`,
    "-H",
    `@${headerFile}`,
    "-H",
    "content-type: application/json",
    "-d",
    JSON.stringify(body),
  ];
  return { args, line: ["curl", ...args.map(quoted)].join(" ") };
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", "'\\''")}'`;
}
