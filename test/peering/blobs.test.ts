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
import {
  openBlobs,
  type Blobs,
  type BlobWire,
} from "../../src/peering/blobs/blobs.ts";
import {
  LinkFrame,
  MAX_PEER_FRAME,
  type BlobRef,
} from "../../src/protocol/peer.ts";
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

/** The ways between two hubs, A and B; `pass` hears each frame before it arrives, and may drop or change it. */
function wires(): {
  readonly a: BlobWire;
  readonly b: BlobWire;
  readonly frames: LinkFrame[];
  pass: (frame: LinkFrame) => LinkFrame | undefined;
  /** Lays it, or cuts it; frames under way are lost then. */
  lay(isUp: boolean): void;
} {
  const blobs = new Map<string, Parameters<BlobWire["onBlob"]>[0]>();
  const links = new Map<string, Parameters<BlobWire["onLink"]>[0]>();
  let laid = 0;
  let isUp = false;
  const end = (self: string, other: string): BlobWire => ({
    isConnected: (hubId) => isUp && hubId === other,
    onBlob(listener) {
      blobs.set(self, listener);
      return () => blobs.delete(self);
    },
    onLink(listener) {
      links.set(self, listener);
      return () => links.delete(self);
    },
    sendBlob(hubId, frame) {
      if (!isUp || hubId !== other) return false;
      const text = JSON.stringify(frame);
      assert.ok(text.length <= MAX_PEER_FRAME);
      both.frames.push(frame);
      const passed = both.pass(LinkFrame.parse(JSON.parse(text)));
      const on = laid;
      setImmediate(() => {
        if (!isUp || laid !== on) return;
        if (passed?.t === "blob" || passed?.t === "blobAsked")
          blobs.get(other)?.(self, passed);
      });
      return true;
    },
  });
  const both = {
    a: end(A, B),
    b: end(B, A),
    frames: [] as LinkFrame[],
    pass: (frame: LinkFrame): LinkFrame | undefined => frame,
    lay(up: boolean) {
      isUp = up;
      laid += 1;
      links.get(A)?.(B, up);
      links.get(B)?.(A, up);
    },
  };
  return both;
}

/** Two hubs with a folder each, and a file of 500,000 bytes at the first. */
async function twoHubs(): Promise<{
  readonly a: Blobs;
  readonly b: Blobs;
  readonly dir: string;
  readonly bytes: Buffer;
  readonly ref: BlobRef;
  readonly wire: ReturnType<typeof wires>;
  again(): Blobs;
  [Symbol.dispose](): void;
}> {
  const dir = mkdtempSync(join(tmpdir(), "blobs "));
  const wire = wires();
  const open = (name: "a" | "b"): Blobs =>
    openBlobs({
      wire: wire[name],
      dir: join(dir, name),
      clock,
      textLog: quiet,
    });
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
    wire,
    ref: await a.store.keep(file),
    again: () => open("b"),
    [Symbol.dispose]: () => {
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const failed = (error: unknown): boolean => isProblem(error, "peering-failed");

describe("a file that goes over a link in pieces", () => {
  it("arrives whole at the peer it was offered to", async () => {
    using hubs = await twoHubs();
    const { a, b, bytes, ref, wire } = hubs;
    assert.deepEqual(ref, {
      sha256: createHash("sha256").update(bytes).digest("hex"),
      bytes: bytes.length,
    });
    wire.lay(true);
    a.offer(B, ref.sha256);
    const file = await b.fetch(A, ref, never);
    assert.deepEqual(readFileSync(file), bytes);
    assert.equal(statSync(file).mode & 0o077, 0);
  });

  it("is not there for a peer it was not offered to, nor after it was withdrawn", async () => {
    using hubs = await twoHubs();
    const { a, b, ref, wire } = hubs;
    wire.lay(true);
    a.offer("c".repeat(52), ref.sha256);
    await assert.rejects(b.fetch(A, ref, never), failed);
    a.offer(B, ref.sha256);
    a.withdraw(B, ref.sha256);
    await assert.rejects(b.fetch(A, ref, never), failed);
  });

  it("goes on where the link broke, and where the hub was when it was started anew", async () => {
    using hubs = await twoHubs();
    const { a, b, bytes, ref, wire } = hubs;
    a.offer(B, ref.sha256);
    let pieces = 0;
    const lose = (nth: number): void => {
      pieces = 0;
      wire.pass = (frame) =>
        frame.t === "blob" && ++pieces === nth ? undefined : frame;
    };
    const asked = (): readonly number[] =>
      wire.frames
        .splice(0)
        .flatMap((frame) => (frame.t === "blobAsked" ? [frame.offset] : []));
    const stopped = new AbortController();
    const fetched = b.fetch(A, ref, stopped.signal);
    lose(3);
    wire.lay(true);
    await until(() => pieces === 3);
    wire.lay(false);
    assert.deepEqual(asked(), [0, 98_304, 196_608]);
    lose(2);
    wire.lay(true);
    await until(() => pieces === 2);
    stopped.abort(new Error("the hub ends"));
    await assert.rejects(fetched, /the hub ends/u);
    assert.deepEqual(asked(), [196_608, 294_912]);
    b.dispose();

    const file = await hubs.again().fetch(A, ref, never);
    assert.deepEqual(readFileSync(file), bytes);
    assert.deepEqual(asked(), [294_912, 393_216, 491_520]);
  });

  it("is not kept when it is something else, too long, or comes in crumbs", async () => {
    for (const spoil of [
      (data: Buffer) => Buffer.from(data.map((byte) => byte ^ 1)),
      (data: Buffer) => Buffer.concat([data, Buffer.alloc(40_000)]),
      (data: Buffer) => data.subarray(0, 10),
    ]) {
      using hubs = await twoHubs();
      const { a, b, ref, dir, wire } = hubs;
      a.offer(B, ref.sha256);
      wire.lay(true);
      wire.pass = (frame) =>
        frame.t === "blob"
          ? {
              ...frame,
              data: spoil(Buffer.from(frame.data, "base64")).toString("base64"),
            }
          : frame;
      await assert.rejects(b.fetch(A, ref, never), failed);
      assert.ok(!existsSync(join(dir, "b", ref.sha256)));
    }
  });

  it("comes anew when a crash tore what was here of it", async () => {
    using hubs = await twoHubs();
    const { a, b, ref, bytes, wire } = hubs;
    a.offer(B, ref.sha256);
    await b.store.add(ref, 0, Buffer.alloc(98_304));
    wire.lay(true);
    assert.deepEqual(readFileSync(await b.fetch(A, ref, never)), bytes);
  });

  it("is not taken when nobody asked for it", async () => {
    using hubs = await twoHubs();
    const { ref, dir, wire } = hubs;
    wire.lay(true);
    const { sha256 } = ref;
    wire.a.sendBlob(B, { t: "blob", sha256, offset: 0, data: "AAAA" });
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(!existsSync(join(dir, "b")));
  });

  it("is fetched once by two who want it, and one that gives up does not stop the other", async () => {
    using hubs = await twoHubs();
    const { a, b, ref, bytes, wire } = hubs;
    a.offer(B, ref.sha256);
    const gaveUp = new AbortController();
    const first = b.fetch(A, ref, gaveUp.signal);
    const second = b.fetch(A, ref, never);
    gaveUp.abort(new Error("no more"));
    wire.lay(true);
    await assert.rejects(first, /no more/u);
    assert.deepEqual(readFileSync(await second), bytes);
  });

  it("leaves when it is tidied away, begun ones too", async () => {
    using hubs = await twoHubs();
    const { a, ref, dir } = hubs;
    const begun = { sha256: "1".repeat(64), bytes: 9 };
    await a.store.add(begun, 0, Buffer.from("abc"));
    await a.store.tidy(new Set([ref.sha256]));
    assert.ok(existsSync(join(dir, "a", ref.sha256)));
    assert.ok(!existsSync(join(dir, "a", `${begun.sha256}.part`)));
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
