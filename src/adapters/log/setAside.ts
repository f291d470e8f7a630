import { existsSync, renameSync } from "node:fs";

const PARTS = ["-journal", "-shm", "-wal", ""];

/** Renames a file and what SQLite keeps next to it to `FILE.corrupt-N`, N from 1; returns the new name. */
export function setAside(file: string): string {
  let n = 1;
  while (
    PARTS.some((part) => existsSync(`${file}.corrupt-${String(n)}${part}`))
  )
    n += 1;
  const aside = `${file}.corrupt-${String(n)}`;
  for (const part of PARTS)
    if (existsSync(file + part)) renameSync(file + part, aside + part);
  return aside;
}
