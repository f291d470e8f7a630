import assert from "node:assert/strict";
import { X509Certificate, createHash, createPrivateKey } from "node:crypto";
import { describe, it } from "node:test";
import { CompactSign } from "jose";
import { openIdentities } from "../../../src/adapters/identity/openIdentities.ts";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import type { Identities, SecretStore } from "../../../src/ports/peering.ts";

const ALPHABET =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

interface Kept {
  readonly secrets: Map<string, string>;
  readonly warnings: string[];
  readonly identities: Identities;
}

function open(secrets = new Map<string, string>()): Kept {
  const store: SecretStore = {
    get: (name) => Promise.resolve(secrets.get(name)),
    set: (name, value) => {
      secrets.set(name, value);
      return Promise.resolve();
    },
  };
  const warnings: string[] = [];
  const warn = (message: string): void => {
    warnings.push(message);
  };
  const textLog = { info: warn, warn, error: warn };
  const identities = openIdentities({ store, textLog, clock: systemClock });
  return { secrets, warnings, identities };
}

const known = (): boolean => true;
const unknown = (): boolean => false;

describe("the identity of a hub", () => {
  it("is made once, signs what its public key verifies, and shows a P-256 certificate of its own for ten years", async () => {
    const { secrets, identities } = open();
    const own = await identities.own(unknown);
    const again = await open(secrets).identities.own(known);
    assert.equal(again.hubId, own.hubId);
    assert.match(own.hubId, /^[a-z2-7]{52}$/);
    assert.equal(identities.hubIdOf(own.publicKey), own.hubId);

    const jws = await again.sign("a hub ✓");
    assert.equal(await identities.verify(jws, own.publicKey), "a hub ✓");

    const certificate = new X509Certificate(own.certificate);
    assert.ok(
      certificate.checkPrivateKey(createPrivateKey(own.certificateKey)),
    );
    assert.ok(certificate.verify(certificate.publicKey));
    assert.equal(certificate.subject, "CN=roundtable");
    assert.equal(
      certificate.publicKey.asymmetricKeyDetails?.namedCurve,
      "prime256v1",
    );
    assert.equal(
      own.pin,
      createHash("sha256").update(certificate.raw).digest("hex"),
    );
    const years =
      (certificate.validToDate.getTime() - Date.now()) / 31_536_000_000;
    assert.ok(years > 9.99 && years < 10.01, String(years));
  });

  it("is the base32 of the SHA-256 of the key, as another program would make it", () => {
    const { identities } = open();
    // Key of RFC 8037, A.2; the id made with: sha256sum | base32, in lower case without padding.
    const publicKey = {
      kty: "OKP",
      crv: "Ed25519",
      x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    };
    assert.equal(
      identities.hubIdOf(publicKey),
      "eh7ddx5bksrgcytl7bkai36se4nxx3klnk7elksyq57pi74xeg4q",
    );
    for (const bad of [
      { ...publicKey, crv: "X25519" },
      { ...publicKey, kty: "EC" },
      { ...publicKey, x: publicKey.x.slice(1) },
      { ...publicKey, x: `${publicKey.x.slice(0, -1)}p` },
      { ...publicKey, d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A" },
      {},
    ])
      assert.equal(identities.hubIdOf(bad), undefined);
  });

  it("of another log is set aside and said so, and so is a damaged one; a new one is made", async () => {
    const { secrets, warnings, identities } = open();
    const first = await identities.own(unknown);
    const kept = secrets.get("hub-identity");
    const second = await identities.own((hubId) => hubId !== first.hubId);
    assert.notEqual(second.hubId, first.hubId);
    assert.equal(secrets.get("hub-identity.old"), kept);
    assert.match(warnings.join("\n"), /belongs to another log/);

    secrets.set("hub-identity", '{"key":"half');
    const third = await identities.own(known);
    assert.notEqual(third.hubId, second.hubId);
    assert.equal(secrets.get("hub-identity.old"), '{"key":"half');
    assert.match(warnings.join("\n"), /damaged/);
  });
});

describe("a signature", () => {
  it("holds for one text, one key and one spelling", async () => {
    const { identities } = open();
    const own = await identities.own(unknown);
    const other = await open().identities.own(unknown);
    const jws = await own.sign('{"a":1}');
    const [header = "", payload = "", signature = ""] = jws.split(".");
    const last = ALPHABET.indexOf(signature.at(-1) ?? "");
    // The last character of 64 bytes holds two bits that say nothing.
    const respelled = signature.slice(0, -1) + (ALPHABET[last ^ 1] ?? "");
    assert.deepEqual(
      Buffer.from(respelled, "base64url"),
      Buffer.from(signature, "base64url"),
    );
    assert.equal(await identities.verify(jws, other.publicKey), undefined);
    for (const bad of [
      `${header}.${payload}.${respelled}`,
      `${header}.${Buffer.from('{"a":2}').toString("base64url")}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${jws}=`,
      `${jws}.x`,
      "",
    ])
      assert.equal(await identities.verify(bad, own.publicKey), undefined);
  });

  it("with another header is none: another algorithm or type, a key or an address in it, something critical", async () => {
    const { secrets, identities } = open();
    const own = await identities.own(unknown);
    const { key } = JSON.parse(secrets.get("hub-identity") ?? "") as {
      key: string;
    };
    const signer = createPrivateKey(key);
    const sign = (header: object): Promise<string> =>
      new CompactSign(Buffer.from("x"))
        .setProtectedHeader({ alg: "EdDSA", ...header })
        .sign(signer, { crit: { b64: true } });
    assert.equal(
      await identities.verify(await sign({ typ: "JOSE" }), own.publicKey),
      "x",
    );
    for (const header of [
      {},
      { typ: "JWT" },
      { typ: "JOSE", alg: "Ed25519" },
      { typ: "JOSE", jku: "https://example.com/keys" },
      { typ: "JOSE", jwk: own.publicKey },
      { typ: "JOSE", x5u: "https://example.com/chain" },
      { typ: "JOSE", x5c: ["AAAA"] },
      { typ: "JOSE", kid: "1" },
      { typ: "JOSE", b64: true, crit: ["b64"] },
    ])
      assert.equal(
        await identities.verify(await sign(header), own.publicKey),
        undefined,
        JSON.stringify(header),
      );
    const none = `${Buffer.from('{"alg":"none","typ":"JOSE"}').toString("base64url")}.eA.`;
    assert.equal(await identities.verify(none, own.publicKey), undefined);
  });
});

describe("the words that people compare", () => {
  it("are six of the list of BIP 39, the same for the same things in the same order only", () => {
    const { words } = open().identities;
    const said = words(["a", "b"]);
    assert.equal(said.length, 6);
    assert.ok(said.every((word) => /^[a-z]{3,8}$/.test(word)));
    assert.deepEqual(words(["a", "b"]), said);
    for (const other of [["b", "a"], ["ab"], ["a", "b", ""]])
      assert.notDeepEqual(words(other), said);
  });
});
