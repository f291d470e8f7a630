import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { BOUNDS } from "../../src/adapters/mailbox/bounds.ts";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { answerDeadLetters } from "../../src/hub/delivery/deadLetterMethods.ts";
import { deadLettersOf } from "../../src/hub/delivery/deadLetters.ts";
import { LIMITS } from "../../src/hub/delivery/limits.ts";
import { OWNER } from "../../src/hub/outside/identity.ts";
import { RPC_CODE, WireError } from "../../src/hub/wireError.ts";

const text = await readFile(
  join(import.meta.dirname, "../../docs/delivery.md"),
  "utf8",
);

describe("docs/delivery.md", () => {
  it("names the defaults as they are", () => {
    const count = (value: number): string => value.toLocaleString("en");
    const mebibytes = (bytes: number): string =>
      `${String(bytes / 2 ** 20)} MiB`;
    for (const said of [
      `| ${count(LIMITS.window)} messages; then it is paused`,
      `| ${String(LIMITS.ackMs / 1000)} s `,
      `| ${String(LIMITS.tries)}; refused`,
      `| ${String(LIMITS.backOffMs / 1000)} s, doubled with each failure up to ${String(LIMITS.longestBackOffMs / 1000)} s`,
      `| ${count(BOUNDS.boxLetters)} messages, ${mebibytes(BOUNDS.boxBytes)}`,
      `| ${count(BOUNDS.letters)} messages, ${String(BOUNDS.bytes / 2 ** 30)} GiB with the dead letters; ${count(BOUNDS.boxes)} mailboxes`,
      `the last ${mebibytes(BOUNDS.cacheBytes)}`,
    ])
      assert.ok(text.includes(said), `it does not say “${said}”`);
  });

  it("names exactly the methods there are", async () => {
    const named = [...text.matchAll(/^\| `(deadLetters\/\w+)`/gm)].map(
      ([, method = ""]) => method,
    );
    assert.equal(named.length, 4);
    const answer = answerDeadLetters(deadLettersOf(undefined), () =>
      Promise.reject(new Error("passed on")),
    );
    const ask = (method: string): Promise<unknown> =>
      answer({
        ...{ method, params: { no: 1 }, version: "1.0", agentId: undefined },
        signal: AbortSignal.abort(systemClock.now()),
        caller: { name: "owner", remote: true, identity: OWNER },
      });
    const unknown = (error: unknown): boolean =>
      error instanceof WireError && error.code === RPC_CODE.methodNotFound;
    for (const method of named)
      await assert.rejects(ask(method), (error) => !unknown(error));
    await assert.rejects(ask("deadLetters/other"), unknown);
  });
});
