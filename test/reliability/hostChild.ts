/** What an extension host holds, in a process of its own: app and hub over `STORAGE`, for the repository at `ROOT`. With `wait` it waits for who has it open. Says over IPC where it listens, or why it does not. */
import { join } from "node:path";
import { toProblem } from "../../src/core/errors.ts";
import { Settings } from "../../src/protocol/settings.ts";
import { openRoundtable } from "../../src/world.ts";
import { SILENT } from "../hub/table.ts";

const [storage = "", root = "", wait] = process.argv.slice(2);
process.on("disconnect", () => process.exit(1));
try {
  const { app } = await openRoundtable({
    storage,
    root,
    trees: join(storage, "trees"),
    media: join(import.meta.dirname, "../../media"),
    settings: Settings.parse({ model: "none" }),
    textLog: SILENT,
    apiKey: () => Promise.resolve(""),
    ...(wait === "wait" && { waitForLog: AbortSignal.timeout(60_000) }),
  });
  process.send?.(await app.listen({ name: "host" }));
} catch (error) {
  const { code, message, next } = toProblem(error);
  process.send?.({ problem: { code, message, next } });
}
