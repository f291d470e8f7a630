import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import {
  chmod,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { openCardSigner } from "../../../src/adapters/identity/openCardSigner.ts";
import { isProblem } from "../../../src/core/errors.ts";
import type { CardSigner, TextLog } from "../../../src/ports.ts";

describe("the key that signs agent cards", () => {
  let dir: string;
  let warnings: string[];
  const textLog: TextLog = {
    info: () => undefined,
    warn: (message) => warnings.push(message),
    error: () => undefined,
  };
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "roundtable-key-"));
    warnings = [];
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const open = (name = "keys/card-key.pem"): Promise<CardSigner> =>
    openCardSigner({ file: join(dir, name), textLog });

  function holds(signer: CardSigner, text: string, signed: string): boolean {
    const { protected: header, signature } = signer.sign(text);
    const [jwk] = signer.publicKeys;
    return verify(
      "sha256",
      Buffer.from(
        `${header}.${Buffer.from(signed, "utf8").toString("base64url")}`,
      ),
      {
        key: createPublicKey({ key: { ...jwk }, format: "jwk" }),
        dsaEncoding: "ieee-p1363",
      },
      Buffer.from(signature, "base64url"),
    );
  }

  it("signs so that the public key verifies it, and nothing else", async () => {
    const signer = await open();
    assert.ok(holds(signer, "a card ✓", "a card ✓"));
    assert.ok(!holds(signer, "a card", "another card"));
    const header = JSON.parse(
      Buffer.from(signer.sign("x").protected, "base64url").toString(),
    ) as object;
    const [key] = signer.publicKeys;
    assert.deepEqual(header, {
      alg: "ES256",
      kid: key?.["kid"],
      typ: "JOSE",
    });
    assert.equal(key?.["d"], undefined);
  });

  it("is the same after a restart, for its owner's eyes only, and leaves nothing half made", async () => {
    const first = await open();
    const second = await open();
    assert.deepEqual(second.publicKeys, first.publicKeys);
    const { mode } = await stat(join(dir, "keys/card-key.pem"));
    assert.equal(mode & 0o777, 0o600);
    assert.deepEqual(await readdir(join(dir, "keys")), ["card-key.pem"]);
  });

  it("is set aside when it is damaged, and a new one is made", async () => {
    await open("key.pem");
    const file = join(dir, "key.pem");
    const broken = (await readFile(file, "utf8")).slice(0, 60);
    await writeFile(file, broken);
    const signer = await open("key.pem");
    assert.ok(holds(signer, "x", "x"));
    assert.equal(await readFile(`${file}.damaged`, "utf8"), broken);
    assert.equal(warnings.length, 1);
  });

  it("is not used when others may read it, or when it is not a plain file", async () => {
    await open("key.pem");
    await chmod(join(dir, "key.pem"), 0o644);
    await symlink(join(dir, "key.pem"), join(dir, "link.pem"));
    for (const name of ["key.pem", "link.pem", "."])
      await assert.rejects(
        open(name),
        (error) => isProblem(error) && error.code === "hub-failed",
      );
  });
});
