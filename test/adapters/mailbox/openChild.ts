/** A process of its own that opens the mailboxes in `FILE` and holds them until it is killed. Says `open` or the code of the problem. */
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { openMailboxes } from "../../../src/adapters/mailbox/openMailboxes.ts";
import { toProblem } from "../../../src/core/errors.ts";

try {
  openMailboxes({ file: process.argv[2] ?? "", clock: systemClock });
  console.log("open");
  setInterval(() => undefined, 60_000);
} catch (error) {
  console.log(toProblem(error).code);
}
