import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";

const OWNER_ONLY = 0o600;

/** Makes sure the file exists and only its owner can read it; folders that are missing are made for the owner only. */
export function createPrivate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    // `wx` never opens a file that is there: closing a second handle to it would drop the locks this process holds on it.
    closeSync(openSync(file, "wx", OWNER_ONLY));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST"))
      throw error;
    chmodSync(file, OWNER_ONLY);
  }
}
