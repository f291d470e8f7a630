import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { mailboxFile, nextLine, opened, startChild } from "./fixture.ts";

/** Kills that many processes in the middle of durable messages to and fro, and throws when an acknowledged one is lost, comes twice under different places, or comes back after its recipient's acknowledgement was stored. */
export async function surviveKills(
  t: TestContext,
  kills: number,
): Promise<void> {
  const file = mailboxFile(t);
  /** Place of every acknowledged message. */
  const sent = new Map<string, number>();
  const got = new Map<string, number>();
  const done = new Set<number>();
  let redelivered = 0;

  const hear = (line: string): void => {
    // The last line may be cut by the kill: then nobody has read it.
    const [what, ...rest] = line.split(" ");
    if (what === "sent" && rest.length === 2 && rest[0] !== undefined)
      sent.set(rest[0], Number(rest[1]));
    if (what === "done" && rest.length === 1) done.add(Number(rest[0]));
    if (what !== "got" || rest.length !== 3 || rest[0] === undefined) return;
    const seq = Number(rest[1]);
    const before = got.get(rest[0]);
    if (before !== undefined) redelivered += 1;
    assert.equal(before ?? seq, seq, `${rest[0]} came under two places`);
    got.set(rest[0], seq);
  };

  for (let kill = 1; kill <= kills; kill += 1) {
    const child = startChild(t, "deliveryChild.ts", [
      ...[file, String(1 + (kill % 5) * 8), String(kill)],
    ]);
    assert.equal(await nextLine(child), "open");
    // A different moment each time.
    for (let lines = 0; lines < 20 + kill * 53; lines += 1)
      hear(await nextLine(child));
    await child.kill();
    for await (const line of child.lines) hear(line);
  }

  const { store, problems } = opened(t, file);
  assert.deepEqual(problems, []);
  const waiting = new Set(store.waiting().map(({ seq }) => seq));
  for (const [id, seq] of sent) {
    const before = got.get(id);
    assert.equal(before ?? seq, seq, `${id} has two places`);
    assert.ok(waiting.has(seq) || done.has(seq), `${id} was lost`);
    if (waiting.has(seq)) assert.ok(store.read("b", seq) !== undefined);
  }
  assert.ok(sent.size > kills * 20);
  assert.ok(redelivered > 0, "nothing had to be delivered again");
  await store.dispose();
}
