import { stat } from "node:fs/promises";

/** Whether something is at a path, links followed. */
export async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
