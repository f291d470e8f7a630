import {
  AgentCard as SdkCard,
  canonicalizeAgentCard,
  verifyAgentCardSignature,
} from "@a2a-js/sdk";
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { sha256 } from "../../src/adapters/clock/sha256.ts";
import { systemChance } from "../../src/adapters/clock/systemChance.ts";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openCardSigner } from "../../src/adapters/identity/openCardSigner.ts";
import { canonicalTexts } from "../../src/hub/cardShape.ts";
import type { Discovered } from "../../src/hub/discovery.ts";
import { readDiscovery } from "../../src/hub/discovery.ts";
import type { Hub } from "../../src/hub/hub.ts";
import { createHub } from "../../src/hub/hub.ts";
import type { AgentCard } from "../../src/protocol/a2a.ts";
import { memoryLog } from "../fakes/memoryLog.ts";
import { cardOf, seatAgent } from "./scriptedAgent.ts";
import { SILENT } from "./table.ts";

type Json = Record<string, unknown>;

describe("the cards a hub serves", { timeout: 60_000 }, () => {
  let dir: string;
  let hub: Hub;
  let address: Discovered;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "roundtable-cards-"));
    const signer = await openCardSigner({
      file: join(dir, "card-key.pem"),
      textLog: SILENT,
    });
    hub = createHub({
      log: memoryLog(),
      clock: systemClock,
      chance: systemChance(systemClock),
      hash: sha256,
      textLog: SILENT,
      name: "signed table",
      signer,
    });
    await seatAgent(hub.connectInProcess(), "worker");
    const { tokenFile } = await hub.listen({ runDir: dir });
    address = await readDiscovery(tokenFile);
  });
  after(async () => {
    await hub.dispose();
    await rm(dir, { recursive: true, force: true });
  });

  async function get(path: string): Promise<Response> {
    return fetch(`${address.url}${path}`, {
      headers: { authorization: `Bearer ${address.token}` },
    });
  }

  const WELL_KNOWN = "/.well-known/agent-card.json";
  const ALL = [
    WELL_KNOWN,
    `/agents/worker${WELL_KNOWN}`,
    "/extendedAgentCard",
    "/agents/worker/extendedAgentCard",
  ];

  /** Every card the hub serves, as its JSON. */
  async function served(): Promise<readonly Json[]> {
    return Promise.all(
      ALL.map(async (path) => (await (await get(path)).json()) as Json),
    );
  }

  async function verifyBySdk(card: Json): Promise<void> {
    const { keys } = (await (await get("/.well-known/jwks.json")).json()) as {
      keys: Json[];
    };
    const verify = verifyAgentCardSignature((kid) => {
      const key = keys.find((candidate) => candidate["kid"] === kid);
      assert.ok(key);
      return Promise.resolve(key);
    });
    await verify(card as unknown as SdkCard);
  }

  it("are all signed, so that the SDK's verifier accepts them with the key of the hub", async () => {
    for (const card of await served()) {
      const signatures = card["signatures"] as readonly Json[];
      assert.ok(signatures.length >= 1);
      await verifyBySdk(card);
    }
  });

  it("are refused by the SDK's verifier when anything of A2A 1.0 in them was changed", async (context) => {
    // The SDK tells each signature that does not fit to the console.
    context.mock.method(console, "debug", () => undefined);
    const changes: readonly ((card: AgentCard) => object)[] = [
      (card) => ({ ...card, name: `${card.name}!` }),
      (card) => ({ ...card, skills: [...card.skills, card] }),
      (card) => ({
        ...card,
        supportedInterfaces: card.supportedInterfaces.map((one) => ({
          ...one,
          url: "https://evil.test/rpc",
        })),
      }),
      (card) => ({
        ...card,
        capabilities: { ...card.capabilities, streaming: false },
      }),
      (card) => ({ ...card, securityRequirements: undefined, iconUrl: "x" }),
    ];
    for (const card of await served())
      for (const change of changes)
        await assert.rejects(verifyBySdk(change(card as AgentCard) as Json));
  });

  it("are signed over a text that is the SDK's, and over the specification's where they differ", async () => {
    for (const card of await served()) {
      const texts = canonicalTexts(card);
      const signatures = card["signatures"] as readonly unknown[];
      assert.equal(signatures.length, texts.length);
      assert.equal(texts[0], canonicalizeAgentCard(card as never));
    }
  });

  it("leave out what is at its default, unless it is REQUIRED or set with a presence of its own", () => {
    const [reduced = "", exact = ""] = canonicalTexts({
      ...cardOf("worker"),
      description: "",
      unknown: "not of A2A",
      iconUrl: "",
      capabilities: {
        streaming: false,
        extensions: [{ uri: "urn:x", required: false, description: "" }],
      },
      securityRequirements: [],
      provider: null,
      signatures: [{ protected: "x", signature: "y" }],
    });
    const skeleton = (text: string): string[] =>
      Object.keys(JSON.parse(text) as object);
    assert.deepEqual(skeleton(exact), [
      "capabilities",
      "defaultInputModes",
      "defaultOutputModes",
      "description",
      "iconUrl",
      "name",
      "skills",
      "supportedInterfaces",
      "version",
    ]);
    assert.match(
      exact,
      /^\{"capabilities":\{"extensions":\[\{"uri":"urn:x"\}\],"streaming":false\}/,
    );
    // The reference SDKs drop every empty member.
    assert.deepEqual(skeleton(reduced), [
      "capabilities",
      "defaultInputModes",
      "defaultOutputModes",
      "name",
      "supportedInterfaces",
      "version",
    ]);
  });

  it("canonicalise as the SDK does, whatever is in them", () => {
    const full = {
      ...cardOf("every field"),
      skills: [
        {
          id: "b",
          name: "ünïcode ✓ \u{1f600}",
          description: 'quotes " and \\ and \n',
          tags: ["z", "a"],
          examples: [],
          inputModes: ["text/plain"],
          securityRequirements: [{ schemes: { k: { list: ["s"] }, j: {} } }],
        },
      ],
      provider: { url: "https://example.org", organization: "" },
      documentationUrl: "https://example.org/docs",
      capabilities: {
        pushNotifications: false,
        extendedAgentCard: true,
        extensions: [
          { uri: "urn:y", required: true, params: { 10: 1, 9: [0, "", {}] } },
        ],
      },
      securitySchemes: {
        b: { httpAuthSecurityScheme: { scheme: "Bearer", bearerFormat: "" } },
        a: {
          oauth2SecurityScheme: {
            flows: {
              authorizationCode: {
                authorizationUrl: "https://a",
                tokenUrl: "https://t",
                scopes: { read: "Read", none: "" },
                pkceRequired: true,
              },
            },
            oauth2MetadataUrl: "https://m",
          },
        },
        c: { apiKeySecurityScheme: { location: "header", name: "X-Key" } },
        d: { openIdConnectSecurityScheme: { openIdConnectUrl: "https://o" } },
        e: { mtlsSecurityScheme: { description: "certificates" } },
      },
    };
    const texts = canonicalTexts(full);
    assert.equal(texts[0], canonicalizeAgentCard(full as never));
  });

  it("keep the key behind the token, and its private part to themselves", async () => {
    const stranger = await fetch(`${address.url}/.well-known/jwks.json`);
    assert.equal(stranger.status, 401);
    const text = await (await get("/.well-known/jwks.json")).text();
    assert.doesNotMatch(text, /"d":/);
    const { keys } = JSON.parse(text) as { keys: Json[] };
    assert.equal(keys.length, 1);
    assert.equal(keys[0]?.["alg"], "ES256");
  });

  it("are the same bytes until who sits here changes, and then new ones", async () => {
    const first = await get("/extendedAgentCard");
    const again = await get("/extendedAgentCard");
    const text = await first.text();
    assert.equal(await again.text(), text);
    const own = await get(`/agents/worker${WELL_KNOWN}`);
    const etag = own.headers.get("etag");
    const other = await seatAgent(hub.connectInProcess(), "other");
    const changed = await get("/extendedAgentCard");
    const card = (await changed.json()) as AgentCard;
    assert.deepEqual(
      card.skills.map(({ id }) => id),
      ["worker", "other"],
    );
    await verifyBySdk(card);
    const same = await get(`/agents/worker${WELL_KNOWN}`);
    assert.equal(same.headers.get("etag"), etag);
    other.leave();
  });

  it("name a member for every client: interfaces of 1.0, address and transport of 0.3", async () => {
    for (const [path, base] of [
      [WELL_KNOWN, ""],
      [`/agents/worker${WELL_KNOWN}`, "/agents/worker"],
    ] as const) {
      const card = (await (await get(path)).json()) as Json;
      assert.equal(card["url"], `${address.url}${base}/rpc`);
      assert.equal(card["preferredTransport"], "JSONRPC");
      assert.equal(card["protocolVersion"], "0.3.0");
      const [first] = card["supportedInterfaces"] as readonly Json[];
      assert.equal(first?.["protocolVersion"], "1.0");
      const parsed = SdkCard.fromJSON(card);
      assert.equal(parsed.capabilities?.extendedAgentCard, true);
      assert.ok(parsed.securitySchemes["hubToken"]?.scheme);
    }
  });
});
