import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openMailboxes } from "../../src/adapters/mailbox/openMailboxes.ts";
import { mailboxesContract, SMALL } from "./mailboxes.ts";

const dir = mkdtempSync(join(tmpdir(), "roundtable-mailbox-"));
after(() => {
  rmSync(dir, { recursive: true });
});

for (const cacheBytes of [16 * 2 ** 20, 0])
  mailboxesContract(
    cacheBytes === 0
      ? "in SQLite with every body read back from the disk"
      : "in SQLite",
    (place, small) =>
      openMailboxes({
        file: join(dir, `${place}-${String(cacheBytes)}.db`),
        clock: systemClock,
        bounds: { ...(small ? SMALL : {}), cacheBytes },
        onProblem: (problem) => {
          throw problem;
        },
      }),
  );
