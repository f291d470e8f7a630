/** Fills the small disk at DISK, then moves to the folder ROOMY, and says in one line of JSON what a log and mailboxes there did: `DISK ROOMY`. */
import { cpSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../src/adapters/log/openLog.ts";
import { openMailboxes } from "../../src/adapters/mailbox/openMailboxes.ts";
import { toProblem } from "../../src/core/errors.ts";
import { note } from "../contract/eventLog.ts";
import { letter } from "../contract/mailboxes.ts";

const [dir = "", roomy = ""] = process.argv.slice(2);
/** What somebody else keeps there, and takes away later. */
const ballast = join(dir, "ballast");
writeFileSync(ballast, Buffer.alloc(2 ** 20));
const log = await openLog({ file: join(dir, "log.db"), clock: systemClock });
const store = openMailboxes({
  file: join(dir, "mailbox.db"),
  clock: systemClock,
});

/** Calls `act` until it is refused; returns how often it was not, and the code it was refused with. */
async function untilRefused(
  act: (n: number) => Promise<unknown>,
): Promise<{ readonly stored: number; readonly code: string }> {
  for (let n = 0; ; n += 1)
    try {
      await act(n);
    } catch (error) {
      return { stored: n, code: toProblem(error).code };
    }
}

const text = "x".repeat(50_000);
const events = await untilRefused((n) =>
  log.append(note("m", text, String(n))),
);
const letters = await untilRefused((n) =>
  store.add(letter(String(n), text), ["b"]),
);
const whileFull = {
  events: log.mission("m").length,
  letters: store
    .waiting()
    .filter(({ seq }) => store.read("b", seq) !== undefined).length,
};
rmSync(ballast);
const after = {
  seq: (await log.append(note("m", text, "after"))).seq,
  duplicate: (await store.add(letter("after", text), ["b"])).duplicate,
};
await log.dispose();
await store.dispose();

// The disk has room for what it was given, and none for the files to become one again.
cpSync(dir, roomy, { recursive: true });
const again = await openLog({
  file: join(roomy, "log.db"),
  clock: systemClock,
});
const reopened = openMailboxes({
  file: join(roomy, "mailbox.db"),
  clock: systemClock,
});
const kept = {
  events: again.mission("m").length,
  broken: again.verify().length,
  letters: reopened.waiting().length,
};
await again.dispose();
await reopened.dispose();
writeSync(
  1,
  `${JSON.stringify({ events, letters, whileFull, after, kept })}\n`,
);
