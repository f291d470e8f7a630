import type { JsonWebKey, KeyObject } from "node:crypto";
import { createPublicKey, verify } from "node:crypto";
import { RoundtableError } from "../../core/errors.ts";
import { AgentCard } from "../../protocol/a2a.ts";
import { canonicalTexts } from "../cardShape.ts";

const MAX = { name: 64, text: 512, id: 128, list: 64 } as const;
const MAX_SIGNATURES = 8;

function refused(what: string, next: string, cause?: unknown): RoundtableError {
  return new RoundtableError(
    "remote-agent-failed",
    `The card of the server elsewhere ${what}.`,
    `Nobody was seated. ${next}`,
    { cause },
  );
}

/** Text of a stranger as it may be shown and logged: one line, no control characters or marks that turn writing around, cut. */
function clean(text: string, max: number): string {
  return text
    .toWellFormed()
    .replace(
      /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu,
      " ",
    )
    .trim()
    .slice(0, max);
}

function cleanAll(texts: readonly string[]): string[] {
  return texts.slice(0, MAX.list).map((text) => clean(text, MAX.id));
}

/** What a server elsewhere is seated with: what the hub needs of its card and nothing else. */
function seatable(card: AgentCard): AgentCard {
  return {
    name: clean(card.name, MAX.name) || "Agent elsewhere",
    description: clean(card.description, MAX.text),
    version: clean(card.version, MAX.id),
    supportedInterfaces: card.supportedInterfaces
      .slice(0, MAX.list)
      .map(({ url, protocolBinding, protocolVersion, tenant }) => ({
        url: url.slice(0, 2048),
        protocolBinding: clean(protocolBinding, MAX.id),
        protocolVersion: clean(protocolVersion, MAX.id),
        ...(tenant === undefined ? {} : { tenant: tenant.slice(0, MAX.id) }),
      })),
    capabilities: { streaming: card.capabilities.streaming === true },
    defaultInputModes: cleanAll(card.defaultInputModes),
    defaultOutputModes: cleanAll(card.defaultOutputModes),
    skills: card.skills.slice(0, MAX.list).map((skill) => ({
      id: clean(skill.id, MAX.id),
      name: clean(skill.name, MAX.id),
      description: clean(skill.description, MAX.text),
      tags: cleanAll(skill.tags),
    })),
  };
}

function keyOf(cardKey: string): KeyObject {
  try {
    const jwk = JSON.parse(cardKey) as JsonWebKey;
    const key = createPublicKey({ key: jwk, format: "jwk" });
    if (["ec", "ed25519", "rsa"].includes(key.asymmetricKeyType ?? ""))
      return key;
  } catch (cause) {
    throw refused("cannot be checked: the key is no JSON Web Key", KEY, cause);
  }
  throw refused("cannot be checked: the key is of no known kind", KEY);
}

const KEY = "Give one public key as a JWK: EC P-256, Ed25519 or RSA.";

/** The algorithm comes from the key; what a header claims must agree. */
function fits(
  key: KeyObject,
  alg: unknown,
  input: Buffer,
  given: Buffer,
): boolean {
  switch (key.asymmetricKeyType) {
    case "ec":
      return (
        alg === "ES256" &&
        key.asymmetricKeyDetails?.namedCurve === "prime256v1" &&
        verify("sha256", input, { key, dsaEncoding: "ieee-p1363" }, given)
      );
    case "ed25519":
      return (
        (alg === "EdDSA" || alg === "Ed25519") &&
        verify(null, input, key, given)
      );
    case "rsa":
      return alg === "RS256" && verify("sha256", input, key, given);
    default:
      return false;
  }
}

/** Whether one of the card's signatures was made with the key. Where a header says that the key is to be had (`jku`, `jwk`, `x5u`) is not looked at. */
function isSigned(raw: object, key: KeyObject): boolean {
  const given = "signatures" in raw ? raw.signatures : undefined;
  const signatures: readonly unknown[] = Array.isArray(given) ? given : [];
  const texts = canonicalTexts(raw).map((text) =>
    Buffer.from(text, "utf8").toString("base64url"),
  );
  return signatures.slice(0, MAX_SIGNATURES).some((one) => {
    if (one === null || typeof one !== "object") return false;
    if (!("protected" in one && "signature" in one)) return false;
    const { protected: header, signature } = one;
    if (typeof header !== "string" || typeof signature !== "string")
      return false;
    const bytes = Buffer.from(signature, "base64url");
    return texts.some((text) =>
      fits(key, algOf(header), Buffer.from(`${header}.${text}`), bytes),
    );
  });
}

function algOf(header: string): unknown {
  try {
    const parsed: unknown = JSON.parse(
      Buffer.from(header, "base64url").toString("utf8"),
    );
    return parsed !== null && typeof parsed === "object" && "alg" in parsed
      ? parsed.alg
      : undefined;
  } catch {
    return undefined;
  }
}

/** ProtoJSON leaves out what is empty. */
function filled(raw: unknown): unknown {
  if (raw === null || typeof raw !== "object" || Array.isArray(raw)) return raw;
  const given = "skills" in raw ? raw.skills : [];
  return {
    description: "",
    version: "",
    capabilities: {},
    defaultInputModes: [],
    defaultOutputModes: [],
    ...raw,
    skills: Array.isArray(given)
      ? given.map((skill: unknown) =>
          skill !== null && typeof skill === "object"
            ? { name: "", description: "", tags: [], ...skill }
            : skill,
        )
      : given,
  };
}

/** A card as it was fetched, checked and cleaned. With `cardKey` (a public JWK) it must be signed with that key. Throws `remote-agent-failed`. */
export function readLinkedCard(
  raw: unknown,
  cardKey: string | undefined,
): AgentCard {
  const card = AgentCard.extend({
    // Longer ones are cut, not refused.
    name: AgentCard.shape.version.min(1),
    description: AgentCard.shape.version,
  }).safeParse(filled(raw));
  if (!card.success) {
    const [issue] = card.error.issues;
    throw refused(
      `is not one of A2A 1.0 (${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""})`,
      "Check that the address is that of its agent card.",
    );
  }
  if (cardKey !== undefined && !isSigned(raw as object, keyOf(cardKey)))
    throw refused(
      "is not signed with the key you gave",
      "Ask its owner for the key, or whether somebody else answers there.",
    );
  return seatable(card.data);
}
