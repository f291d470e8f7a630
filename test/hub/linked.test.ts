import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createLinkedPair } from "../../src/hub/linked.ts";

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

describe("a linked pair", () => {
  it("delivers in order, never within the call that sends", async () => {
    const [left, right] = createLinkedPair();
    const heard: string[] = [];
    right.onFrame((frame) => heard.push(frame));
    left.send("a");
    left.send("b");
    assert.deepEqual(heard, []);
    await turn();
    assert.deepEqual(heard, ["a", "b"]);
  });

  it("keeps frames for a listener that comes later", async () => {
    const [left, right] = createLinkedPair();
    left.send("early");
    await turn();
    const heard: string[] = [];
    right.onFrame((frame) => heard.push(frame));
    await turn();
    assert.deepEqual(heard, ["early"]);
  });

  it("tells both ends of the end, after the frames sent before it, and drops later ones", async () => {
    const [left, right] = createLinkedPair();
    const heard: string[] = [];
    right.onFrame((frame) => heard.push(frame));
    right.onClose((why) => heard.push(`closed ${why}`));
    left.onClose((why) => heard.push(`own ${why}`));
    left.send("last");
    left.close("done");
    left.send("late");
    right.send("later");
    await turn();
    assert.deepEqual(heard.toSorted(), ["closed done", "last", "own done"]);
    assert.ok(heard.indexOf("last") < heard.indexOf("closed done"));
    right.onClose((why) => heard.push(`again ${why}`));
    await turn();
    assert.equal(heard.at(-1), "again done");
  });

  it("goes on after a listener throws", async () => {
    const [left, right] = createLinkedPair();
    const heard: string[] = [];
    const failures: unknown[] = [];
    const keep = (error: unknown): void => {
      failures.push(error);
    };
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", keep);
    try {
      right.onFrame((frame) => {
        heard.push(frame);
        if (frame === "a") throw new Error("bad listener");
      });
      left.send("a");
      left.send("b");
      await turn();
      await turn();
    } finally {
      process.off("uncaughtException", keep);
      for (const other of others) process.on("uncaughtException", other);
    }
    assert.deepEqual(heard, ["a", "b"]);
    assert.equal(failures.length, 1);
  });
});
