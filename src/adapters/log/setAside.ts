import { existsSync, renameSync } from "node:fs";

const PARTS = ["-journal", "-shm", "-wal", ""];

/** `FILE.corrupt-N` with the first N from 1 that nothing has yet. */
export function freeName(file: string): string {
  let n = 1;
  while (
    PARTS.some((part) => existsSync(`${file}.corrupt-${String(n)}${part}`))
  )
    n += 1;
  return `${file}.corrupt-${String(n)}`;
}

/** Renames a file and what SQLite keeps next to it to {@link freeName}; returns the new name. */
export function setAside(file: string): string {
  const aside = freeName(file);
  for (const part of PARTS)
    if (existsSync(file + part)) renameSync(file + part, aside + part);
  return aside;
}
