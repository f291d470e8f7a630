import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { logFile, nextLine, opened, startWriter } from "./fixture.ts";

/** Kills that many writers of one file, each after more acknowledgements, and throws when one of those is lost. */
export async function surviveKills(
  t: TestContext,
  kills: number,
): Promise<void> {
  const file = logFile(t);
  const acknowledged = new Map<number, string>();
  let lastEpoch = 0;

  for (let kill = 1; kill <= kills; kill += 1) {
    const writer = startWriter(t, file, 1 + (kill % 5) * 8);
    const epoch = Number(/^open (\d+)$/.exec(await nextLine(writer))?.[1]);
    assert.ok(epoch > lastEpoch, "the epoch grows with every writer");

    // A different moment each time: after the 1st, 18th, 35th, … acknowledgement.
    for (let acks = 0; acks < 1 + (kill - 1) * 17; acks += 1)
      remember(await nextLine(writer));
    await writer.kill();
    for await (const line of writer.lines) remember(line);

    const log = await opened(t, file);
    assert.ok(log.epoch > epoch);
    lastEpoch = log.epoch;
    const stored = new Map<number, string>();
    for (let after = 0; ;) {
      const page = log.read({ after });
      for (const event of page) stored.set(event.seq, event.hash);
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.seq;
    }
    for (const [seq, hash] of acknowledged)
      assert.equal(stored.get(seq), hash, `event ${String(seq)} was lost`);
    assert.equal(stored.size, log.head());
    assert.deepEqual(log.verify(), []);
    await log.dispose();
  }
  assert.ok(acknowledged.size > kills * 50);

  function remember(line: string): void {
    // The last line may be cut by the kill: then nobody has read that acknowledgement.
    const ack = /^(\d+) ([0-9a-f]{64})$/.exec(line);
    if (ack?.[1] !== undefined && ack[2] !== undefined)
      acknowledged.set(Number(ack[1]), ack[2]);
  }
}
