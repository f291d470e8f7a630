/** Small files of the broker's own: one flat JSON object of strings, there whole or not at all. */
import { readFile, rename, writeFile } from "node:fs/promises";

/** The record in a file; undefined when the file is missing or does not have all `keys`, as after a crash. */
export async function readRecord<Key extends string>(
  path: string,
  keys: readonly Key[],
): Promise<Readonly<Record<Key, string>> | undefined> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch {
    // Missing or not ours: there is no record.
    return undefined;
  }
  return hasAll(value, keys) ? value : undefined;
}

/** Writes a record and waits until it is on disk. */
export async function writeRecord(
  path: string,
  record: Readonly<Record<string, string>>,
): Promise<void> {
  const half = `${path}.half`;
  await writeFile(half, JSON.stringify(record), { flush: true });
  await rename(half, path);
}

function hasAll<Key extends string>(
  value: unknown,
  keys: readonly Key[],
): value is Readonly<Record<Key, string>> {
  if (typeof value !== "object" || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  return keys.every((key) => typeof fields.get(key) === "string");
}
