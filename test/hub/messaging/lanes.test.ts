import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createLanes } from "../../../src/hub/messaging/lanes.ts";

const item = (text: string) => ({ bytes: Buffer.from(text), expiresAt: 0 });

test("what waits comes out whole, in order within a priority", () => {
  const steps = fc.array(
    fc.option(fc.integer({ min: 0, max: 11 }), { freq: 3 }),
    {
      maxLength: 200,
    },
  );
  fc.assert(
    fc.property(steps, (all) => {
      const lanes = createLanes();
      const model = new Map<number, string[]>();
      let bytes = 0;
      let count = 0;
      for (const priority of all) {
        if (priority !== null) {
          const text = `${String(priority)}:${String((count += 1))}`;
          lanes.add(priority, item(text));
          model.set(priority, [...(model.get(priority) ?? []), text]);
          bytes += text.length;
        } else {
          const text = lanes.take()?.bytes.toString();
          const lane = Number(text?.split(":")[0]);
          assert.equal(text, model.get(lane)?.shift());
          bytes -= text?.length ?? 0;
        }
        assert.equal(lanes.bytes(), bytes);
      }
      const left = [...model.values()].flat().length;
      for (let n = 0; n < left; n += 1) assert.ok(lanes.take());
      assert.equal(lanes.take(), undefined);
      assert.equal(lanes.bytes(), 0);
    }),
  );
});

test("the highest comes first, and yet nothing is starved by those above it", () => {
  const lanes = createLanes();
  for (let priority = 0; priority <= 11; priority += 1)
    lanes.add(priority, item(String(priority)));
  const seen: string[] = [];
  // The highest lane is never empty: somebody sends without end.
  for (let n = 0; n < 200; n += 1) {
    lanes.add(11, item("11"));
    seen.push(lanes.take()?.bytes.toString() ?? "");
  }
  assert.deepEqual(
    seen.slice(0, 7),
    Array.from({ length: 7 }, () => "11"),
  );
  for (let priority = 0; priority < 11; priority += 1)
    assert.ok(seen.includes(String(priority)), `${String(priority)} waits`);
  assert.ok(seen.filter((one) => one === "11").length > 150);
});
