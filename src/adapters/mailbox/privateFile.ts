import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";

const OWNER_ONLY = 0o600;

/** Makes sure the file exists and only its owner can read it, what SQLite keeps next to it included; missing folders are made for the owner only. */
export function makePrivate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    // Never opens a file that is there: closing a second handle would drop the locks this process holds on it.
    closeSync(openSync(file, "wx", OWNER_ONLY));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST"))
      throw error;
    chmodSync(file, OWNER_ONLY);
  }
}
