import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { FairQueue } from "../../../src/hub/delivery/fairQueue.ts";

interface Item {
  readonly seq: number;
  readonly priority: number;
}

const priority = fc.nat(10);

/** Everything that is in the queue, in the order it is taken. */
function drain(queue: FairQueue<Item>): readonly Item[] {
  const taken: Item[] = [];
  for (let item = queue.take(); item !== undefined; item = queue.take())
    taken.push(item);
  return taken;
}

describe("a queue with priorities", () => {
  it("gives each item once, and those of a priority in the order they came", () => {
    fc.assert(
      fc.property(fc.array(priority, { maxLength: 400 }), (priorities) => {
        const queue = new FairQueue<Item>();
        const items = priorities.map((one, at) => ({ seq: at, priority: one }));
        for (const item of items) queue.push(item);
        const taken = drain(queue);
        assert.equal(queue.size, 0);
        for (let p = 0; p <= 10; p += 1)
          assert.deepEqual(
            taken.filter((item) => item.priority === p),
            items.filter((item) => item.priority === p),
          );
      }),
    );
  });

  it("takes the k-th item of priority p after at most k · 2,047 / 2^p + 11 others, whatever goes on coming", () => {
    fc.assert(
      fc.property(
        priority,
        fc.integer({ min: 1, max: 3 }),
        fc.array(priority, { minLength: 1, maxLength: 8 }),
        fc.array(priority, { maxLength: 50 }),
        (own, k, crowd, first) => {
          const queue = new FairQueue<Item>();
          let seq = 0;
          const push = (p: number): number => {
            queue.push({ seq: (seq += 1), priority: p });
            return seq;
          };
          // A past in which others have had their turns.
          for (const p of first) push(p);
          for (let n = 0; n < first.length / 2; n += 1) queue.take();
          for (const p of first) if (p === own) drain(queue);
          let wanted = 0;
          for (let n = 0; n < k; n += 1) wanted = push(own);
          const bound = Math.ceil((k * 2047) / 2 ** own) + 11;
          for (let others = 0; ; others += 1) {
            // As bad as it gets: every other priority always has more.
            for (const p of crowd) if (p !== own) push(p);
            const item = queue.take();
            if (item?.seq === wanted) return;
            assert.ok(
              others < bound,
              `${String(others)} others went before the item number ${String(k)} of priority ${String(own)}`,
            );
          }
        },
      ),
    );
  });

  it("serves a priority that comes late at once, before a backlog of lower ones", () => {
    const queue = new FairQueue<Item>();
    for (let seq = 1; seq <= 10_000; seq += 1) queue.push({ seq, priority: 5 });
    for (let n = 0; n < 1000; n += 1) queue.take();
    queue.push({ seq: 20_000, priority: 10 });
    assert.equal(queue.take()?.seq, 20_000);
  });

  it("puts back what was taken before everything with a higher place", () => {
    const queue = new FairQueue<Item>();
    for (let seq = 1; seq <= 6; seq += 1) queue.push({ seq, priority: 5 });
    const taken = [queue.take(), queue.take(), queue.take()];
    for (const item of [taken[2], taken[0], taken[1]])
      if (item !== undefined) queue.back(item);
    assert.deepEqual(
      drain(queue).map(({ seq }) => seq),
      [1, 2, 3, 4, 5, 6],
    );
  });

  it("lets go of what is to be removed, wherever it is", () => {
    fc.assert(
      fc.property(fc.array(priority), fc.nat(100), (priorities, before) => {
        const queue = new FairQueue<Item>();
        priorities.forEach((one, seq) => {
          queue.push({ seq, priority: one });
        });
        for (let n = 0; n < before; n += 1) queue.take();
        const left = queue.size;
        const gone = queue.remove(({ seq }) => seq % 2 === 0);
        assert.equal(queue.size, left - gone.length);
        assert.ok(drain(queue).every(({ seq }) => seq % 2 === 1));
      }),
    );
  });
});
