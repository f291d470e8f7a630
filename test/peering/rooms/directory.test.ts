import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sha256 } from "../../../src/adapters/clock/sha256.ts";
import type { LinkFrame } from "../../../src/protocol/peer.ts";
import { openDirectory } from "../../../src/peering/rooms/directory.ts";
import { quiet } from "../../adapters/git/temporaryRepo.ts";
import { memoryLog } from "../../fakes/memoryLog.ts";
import { manualClock } from "../../hub/manualClock.ts";

const OURS = "a".repeat(52);
const THEIRS = "b".repeat(52);

describe("a room that was left", () => {
  it("renews no office and asks nobody, but still answers who asks", async () => {
    const clock = manualClock();
    const sent: LinkFrame[] = [];
    const link = {
      hubId: THEIRS,
      send: (frame: LinkFrame) => {
        sent.push(frame);
      },
      waiting: () => 0,
      latencyMs: () => undefined,
      close: () => undefined,
    };
    const directory = openDirectory({
      log: memoryLog(clock),
      clock,
      mono: () => clock.now(),
      hash: sha256,
      textLog: quiet,
      identity: {
        hubId: OURS,
        publicKey: {},
        certificate: "",
        certificateKey: "",
        pin: "",
        sign: () => Promise.reject(new Error("nothing is said here")),
      },
      seed: 1,
      link: () => link,
      kept: () => undefined,
      notTaken: () => undefined,
      changed: () => undefined,
    });
    directory.linked(link);
    const room = await directory.join({
      id: "job-1",
      kind: "job",
      home: OURS,
      title: "Look at the tests",
      members: [
        { hubId: OURS, name: "Ours" },
        { hubId: THEIRS, name: "Theirs" },
      ],
    });
    await clock.advance(20_000);
    assert.ok(
      sent.some((frame) => frame.t === "term"),
      "it coordinates as long as it is open",
    );

    const whole = { t: "have", have: {}, ask: false, heads: {} } as const;
    room.frame(THEIRS, whole, new Map());
    await directory.leave(room.id, "its home closed it");
    sent.length = 0;
    await clock.advance(60_000);
    assert.deepEqual(sent, []);

    room.frame(THEIRS, { t: "have", have: {}, ask: true }, new Map());
    await clock.advance(0);
    assert.deepEqual(
      sent.map(({ t }) => t),
      ["have"],
    );
    await directory.close();
  });
});
