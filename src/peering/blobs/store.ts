/** Files by the SHA-256 of what is in them, whole or in the making. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { BlobRef } from "../../protocol/peer.ts";

type Ref = Pick<BlobRef, "sha256" | "bytes">;

/** Where blobs lie: a folder of mode 0700 that nobody else writes to. */
export interface BlobStore {
  /** Takes a file in; it is gone from where it was. */
  keep(file: string): Promise<BlobRef>;
  /** The whole file; undefined while it is not here. */
  whole(ref: Ref): Promise<string | undefined>;
  /** Bytes of it that are here already, in order. */
  begun(ref: Ref): Promise<number>;
  /** Puts a piece behind what is here; it is on disk when this resolves. */
  add(ref: Ref, offset: number, piece: Buffer): Promise<void>;
  /** Makes it whole. False when what came is not what was named; then nothing of it stays. */
  finish(ref: Ref): Promise<boolean>;
  /** Up to `length` bytes of a whole file from `offset`; undefined when it is not here. */
  piece(
    sha256: string,
    offset: number,
    length: number,
  ): Promise<Buffer | undefined>;
  /** A path for a file in the making. */
  temporary(name: string): string;
  remove(sha256: string): Promise<void>;
  /** Removes everything but these. */
  tidy(keep: ReadonlySet<string>): Promise<void>;
}

/** Opens the store; the folder is made when first written to. */
export function openBlobStore(dir: string): BlobStore {
  const at = (sha256: string): string => join(dir, sha256);
  const part = ({ sha256 }: Ref): string => `${at(sha256)}.part`;
  const made = (): Promise<unknown> =>
    mkdir(dir, { recursive: true, mode: 0o700 });
  const sizeOf = (path: string): Promise<number | undefined> =>
    stat(path).then(
      ({ size }) => size,
      () => undefined,
    );

  return {
    async keep(file) {
      await made();
      const sha256 = await digestOf(file);
      const { size: bytes } = await stat(file);
      await rename(file, at(sha256));
      return { sha256, bytes };
    },
    async whole(ref) {
      const size = await sizeOf(at(ref.sha256));
      return size === ref.bytes ? at(ref.sha256) : undefined;
    },
    async begun(ref) {
      const size = (await sizeOf(part(ref))) ?? 0;
      if (size <= ref.bytes) return size;
      await rm(part(ref), { force: true });
      return 0;
    },
    async add(ref, offset, piece) {
      await made();
      const handle = await open(part(ref), offset === 0 ? "w" : "r+", 0o600);
      try {
        await handle.write(piece, 0, piece.length, offset);
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
    async finish(ref) {
      const sha256 = await digestOf(part(ref)).catch(() => "");
      if (sha256 !== ref.sha256) {
        await rm(part(ref), { force: true });
        return false;
      }
      await rename(part(ref), at(ref.sha256));
      return true;
    },
    async piece(sha256, offset, length) {
      const handle = await open(at(sha256), "r").catch(() => undefined);
      if (handle === undefined) return undefined;
      try {
        const { buffer, bytesRead } = await handle.read(
          Buffer.alloc(length),
          0,
          length,
          offset,
        );
        return buffer.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
    temporary: (name) => join(dir, `${name}.new`),
    async remove(sha256) {
      for (const path of [at(sha256), `${at(sha256)}.part`])
        await rm(path, { force: true });
    },
    async tidy(keep) {
      const names = await readdir(dir).catch(() => []);
      for (const name of names)
        if (!keep.has(name.replace(/\.part$/u, "")))
          await rm(join(dir, name), { force: true });
    },
  };
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file))
    hash.update(chunk as Buffer);
  return hash.digest("hex");
}
