import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { RoundtableError } from "../../core/errors.ts";
import { LARGEST_ADVISORIES, parseAdvisories } from "./advisories.ts";

/** Where Retire.js publishes what it knows. */
export const PUBLISHED =
  "https://raw.githubusercontent.com/RetireJS/retire.js/master/repository/jsrepository-v5.json";

const FETCH_MS = 60_000;

/** Fetches (https) or reads advisories from `from` and keeps them at `file` once they are known to be such; returns how many components they are about. Rejects with `tool-failed`; the file is as it was then. */
export async function updateAdvisories(
  from: string,
  file: string,
  signal: AbortSignal,
): Promise<number> {
  let text: string;
  try {
    text = /^\w+:\/\//.test(from)
      ? await fetched(from, signal)
      : await readFile(from, "utf8");
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw failed(`${from} could not be read: ${said}.`, cause);
  }
  const parsed = parseAdvisories(text);
  if (typeof parsed === "string")
    throw failed(`What is at ${from} is no file of advisories: ${parsed}`);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const half = `${file}.${String(process.pid)}`;
  try {
    await writeFile(half, text, { mode: 0o600, flush: true });
    await rename(half, file);
  } finally {
    await rm(half, { force: true });
  }
  return Object.keys(parsed).length;
}

async function fetched(from: string, signal: AbortSignal): Promise<string> {
  if (!from.startsWith("https://"))
    throw new Error("only https addresses and files are read");
  const response = await fetch(from, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(FETCH_MS)]),
  });
  if (!response.ok) throw new Error(`HTTP ${String(response.status)}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > LARGEST_ADVISORIES) throw new Error("it is larger than 30 MB");
  }
  return Buffer.concat(chunks).toString("utf8");
}

function failed(what: string, cause?: unknown): RoundtableError {
  return new RoundtableError(
    "tool-failed",
    what,
    "The advisories kept before are as they were. Check the address and the network, or name a file with --from.",
    cause === undefined ? undefined : { cause },
  );
}
