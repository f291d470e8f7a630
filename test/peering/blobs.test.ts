import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { isProblem } from "../../src/core/errors.ts";
import { openBlobs, type Blobs } from "../../src/peering/blobs/blobs.ts";
import type { PeerLink } from "../../src/peering/link.ts";
import type { BlobRef } from "../../src/protocol/peer.ts";
import { LinkFrame, MAX_PEER_FRAME } from "../../src/protocol/peer.ts";
import { quiet } from "../adapters/git/temporaryRepo.ts";

const A = "a".repeat(52);
const B = "b".repeat(52);
const never = new AbortController().signal;

/** Time that passes at once, but for the wait for an answer, which never ends. */
const clock = {
  after: async (ms: number): Promise<void> => {
    if (ms < 1000) return;
    await new Promise<never>(() => undefined);
  },
};

interface Wire {
  /** Cuts it; frames under way are lost. */
  cut(): void;
  readonly frames: LinkFrame[];
}

/** A wire between two hubs; `onFrame` hears each frame before it arrives, and may drop or change it. */
function wire(
  ends: readonly [readonly [string, Blobs], readonly [string, Blobs]],
  onFrame: (frame: LinkFrame) => LinkFrame | undefined = (frame) => frame,
): Wire {
  let open = true;
  const frames: LinkFrame[] = [];
  const link = (to: number): PeerLink => ({
    hubId: ends[to]?.[0] ?? "",
    waiting: () => 0,
    latencyMs: () => 1,
    close: () => undefined,
    send(frame) {
      const text = JSON.stringify(frame);
      assert.ok(text.length <= MAX_PEER_FRAME);
      const read = LinkFrame.parse(JSON.parse(text));
      frames.push(read);
      const passed = onFrame(read);
      if (passed === undefined) return;
      setImmediate(() => {
        if (open) ends[to]?.[1].frame(links[1 - to] as PeerLink, passed);
      });
    },
  });
  // What one end holds is the link to the other.
  const links = [link(0), link(1)];
  ends[0][1].up(links[1] as PeerLink);
  ends[1][1].up(links[0] as PeerLink);
  return {
    frames,
    cut() {
      open = false;
      ends[0][1].down(links[1] as PeerLink, "cut");
      ends[1][1].down(links[0] as PeerLink, "cut");
    },
  };
}

/** Two hubs with a folder each, and a file of 500,000 bytes at the first. */
async function twoHubs(): Promise<{
  readonly a: Blobs;
  readonly b: Blobs;
  readonly dir: string;
  readonly bytes: Buffer;
  readonly ref: BlobRef;
  again(): Blobs;
  [Symbol.dispose](): void;
}> {
  const dir = mkdtempSync(join(tmpdir(), "blobs "));
  const open = (name: string): Blobs =>
    openBlobs({ dir: join(dir, name), clock, textLog: quiet });
  const a = open("a");
  const bytes = Buffer.from(
    Array.from({ length: 500_000 }, (_, at) => (at * at * 31 + at) % 256),
  );
  const file = join(dir, "file");
  writeFileSync(file, bytes);
  return {
    a,
    b: open("b"),
    dir,
    bytes,
    ref: await a.store.keep(file),
    again: () => open("b"),
    [Symbol.dispose]: () => {
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

describe("a file that goes over a link in pieces", () => {
  it("arrives whole at the peer it was offered to", async () => {
    using hubs = await twoHubs();
    const { a, b, bytes, ref } = hubs;
    assert.deepEqual(ref, {
      sha256: createHash("sha256").update(bytes).digest("hex"),
      bytes: bytes.length,
    });
    wire([
      [A, a],
      [B, b],
    ]);
    a.offer(B, ref.sha256);
    const file = await b.fetch(A, ref, never);
    assert.deepEqual(readFileSync(file), bytes);
    assert.equal(statSync(file).mode & 0o077, 0);
  });

  it("is not there for a peer it was not offered to, nor after it was withdrawn", async () => {
    using hubs = await twoHubs();
    const { a, b, ref } = hubs;
    wire([
      [A, a],
      [B, b],
    ]);
    a.offer("c".repeat(52), ref.sha256);
    const refused = (error: unknown): boolean =>
      isProblem(error, "peering-failed");
    await assert.rejects(b.fetch(A, ref, never), refused);
    a.offer(B, ref.sha256);
    a.withdraw(B, ref.sha256);
    await assert.rejects(b.fetch(A, ref, never), refused);
  });

  it("goes on where the link broke, and where the hub was when it was started anew", async () => {
    using hubs = await twoHubs();
    const { a, b, bytes, ref } = hubs;
    a.offer(B, ref.sha256);
    let pieces = 0;
    const first = wire(
      [
        [A, a],
        [B, b],
      ],
      (frame) => {
        if (frame.t === "blob" && ++pieces > 2) return undefined;
        return frame;
      },
    );
    const stopped = new AbortController();
    const fetched = b.fetch(A, ref, stopped.signal);
    await until(() => pieces > 2);
    first.cut();
    let more = 0;
    const second = wire(
      [
        [A, a],
        [B, b],
      ],
      (frame) => (frame.t === "blob" && ++more > 1 ? undefined : frame),
    );
    await until(() => more > 1);
    stopped.abort(new Error("the hub ends"));
    await assert.rejects(fetched, /the hub ends/u);
    second.cut();

    const later = hubs.again();
    const third = wire([
      [A, a],
      [B, later],
    ]);
    const file = await later.fetch(A, ref, never);
    assert.deepEqual(readFileSync(file), bytes);
    const asked = [first, second, third].map(({ frames }) =>
      frames.flatMap((frame) =>
        frame.t === "blobAsked" ? [frame.offset] : [],
      ),
    );
    assert.deepEqual(asked, [
      [0, 98_304, 196_608],
      [196_608, 294_912],
      [294_912, 393_216, 491_520],
    ]);
  });

  it("is not kept when it is something else, too long, or comes in crumbs", async () => {
    for (const spoil of [
      (data: Buffer) => Buffer.from(data.map((byte) => byte ^ 1)),
      (data: Buffer) => Buffer.concat([data, Buffer.alloc(40_000)]),
      (data: Buffer) => data.subarray(0, 10),
    ]) {
      using hubs = await twoHubs();
      const { a, b, ref, dir } = hubs;
      a.offer(B, ref.sha256);
      wire(
        [
          [A, a],
          [B, b],
        ],
        (frame) =>
          frame.t === "blob"
            ? {
                ...frame,
                data: spoil(Buffer.from(frame.data, "base64")).toString(
                  "base64",
                ),
              }
            : frame,
      );
      await assert.rejects(b.fetch(A, ref, never), (error) =>
        isProblem(error, "peering-failed"),
      );
      assert.ok(!existsSync(join(dir, "b", ref.sha256)));
    }
  });

  it("comes anew when a crash tore what was here of it", async () => {
    using hubs = await twoHubs();
    const { a, b, ref, bytes } = hubs;
    a.offer(B, ref.sha256);
    await b.store.add(ref, 0, Buffer.alloc(98_304));
    wire([
      [A, a],
      [B, b],
    ]);
    assert.deepEqual(readFileSync(await b.fetch(A, ref, never)), bytes);
  });

  it("is not taken from a peer nobody asked", async () => {
    using hubs = await twoHubs();
    const { a, b, ref, dir } = hubs;
    const between = wire([
      [A, a],
      [B, b],
    ]);
    const link: PeerLink = {
      hubId: A,
      send: () => undefined,
      waiting: () => 0,
      latencyMs: () => 1,
      close: () => undefined,
    };
    b.frame(link, { t: "blob", sha256: ref.sha256, offset: 0, data: "AAAA" });
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(!existsSync(join(dir, "b")));
    between.cut();
  });

  it("is fetched once by two who want it, and one that gives up does not stop the other", async () => {
    using hubs = await twoHubs();
    const { a, b, ref, bytes } = hubs;
    a.offer(B, ref.sha256);
    const gaveUp = new AbortController();
    const first = b.fetch(A, ref, gaveUp.signal);
    const second = b.fetch(A, ref, never);
    gaveUp.abort(new Error("no more"));
    wire([
      [A, a],
      [B, b],
    ]);
    await assert.rejects(first, /no more/u);
    assert.deepEqual(readFileSync(await second), bytes);
  });

  it("leaves when it is tidied away, begun ones too", async () => {
    using hubs = await twoHubs();
    const { a, ref, dir } = hubs;
    await a.store.add(
      { sha256: "1".repeat(64), bytes: 9 },
      0,
      Buffer.from("abc"),
    );
    await a.store.tidy(new Set([ref.sha256]));
    assert.ok(existsSync(join(dir, "a", ref.sha256)));
    assert.ok(!existsSync(join(dir, "a", `${"1".repeat(64)}.part`)));
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
