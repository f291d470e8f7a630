/** What an agent card of A2A 1.0 consists of, and its canonical text for signatures (specification 1.0.1, §8.4; RFC 8785). */

/** A field's type: `one` scalar, `many` scalars, `free` JSON, a message, a list (`[…]`) or a map (`{each}`) of messages. */
type Type =
  "one" | "many" | "free" | Shape | readonly [Shape] | { readonly each: Shape };
/** Fields by name; `name!` is REQUIRED, `name?` has presence of its own, others count as unset at their default. */
interface Shape {
  readonly fields: Readonly<Record<string, Type>>;
}

function shape(fields: Readonly<Record<string, Type>>): Shape {
  return { fields };
}

const flow = shape({
  "authorizationUrl!": "one",
  "deviceAuthorizationUrl!": "one",
  "tokenUrl!": "one",
  refreshUrl: "one",
  "scopes!": "free",
  pkceRequired: "one",
});
const scheme = shape({
  "apiKeySecurityScheme?": shape({
    description: "one",
    "location!": "one",
    "name!": "one",
  }),
  "httpAuthSecurityScheme?": shape({
    description: "one",
    "scheme!": "one",
    bearerFormat: "one",
  }),
  "oauth2SecurityScheme?": shape({
    description: "one",
    "flows!": shape({
      "authorizationCode?": flow,
      "clientCredentials?": flow,
      "implicit?": flow,
      "password?": flow,
      "deviceCode?": flow,
    }),
    oauth2MetadataUrl: "one",
  }),
  "openIdConnectSecurityScheme?": shape({
    description: "one",
    "openIdConnectUrl!": "one",
  }),
  "mtlsSecurityScheme?": shape({ description: "one" }),
});
const requirement = shape({ schemes: { each: shape({ list: "many" }) } });
const CARD = shape({
  "name!": "one",
  "description!": "one",
  "supportedInterfaces!": [
    shape({
      "url!": "one",
      "protocolBinding!": "one",
      tenant: "one",
      "protocolVersion!": "one",
    }),
  ],
  "provider?": shape({ "url!": "one", "organization!": "one" }),
  "version!": "one",
  "documentationUrl?": "one",
  "capabilities!": shape({
    "streaming?": "one",
    "pushNotifications?": "one",
    extensions: [
      shape({
        uri: "one",
        description: "one",
        required: "one",
        "params?": "free",
      }),
    ],
    "extendedAgentCard?": "one",
  }),
  securitySchemes: { each: scheme },
  securityRequirements: [requirement],
  "defaultInputModes!": "many",
  "defaultOutputModes!": "many",
  "skills!": [
    shape({
      "id!": "one",
      "name!": "one",
      "description!": "one",
      "tags!": "many",
      examples: "many",
      inputModes: "many",
      outputModes: "many",
      securityRequirements: [requirement],
    }),
  ],
  "iconUrl?": "one",
});

type Data = Readonly<Record<string, unknown>>;

function isData(value: unknown): value is Data {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function isDefault(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isData(value)) return Object.keys(value).length === 0;
  return value === "" || value === false || value === 0;
}

function fieldOf(value: unknown, type: Type): unknown {
  if (typeof type === "string") return value;
  if ("fields" in type) return isData(value) ? ofShape(value, type) : value;
  if (!("each" in type))
    return Array.isArray(value)
      ? value.map((item) => fieldOf(item, type[0]))
      : value;
  if (!isData(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fieldOf(item, type.each)]),
  );
}

function ofShape(data: Data, { fields }: Shape): Data {
  const kept: Record<string, unknown> = {};
  for (const [label, type] of Object.entries(fields)) {
    const name = label.replace(/[!?]$/, "");
    const given = data[name];
    if (given === undefined || given === null) continue;
    const value = fieldOf(given, type);
    const hasPresence = label !== name;
    if (hasPresence || !isDefault(value)) kept[name] = value;
  }
  return kept;
}

function withoutEmpty(value: unknown): unknown {
  if (value === "" || value === null) return undefined;
  if (Array.isArray(value)) {
    const items = value.map(withoutEmpty).filter((item) => item !== undefined);
    return items.length > 0 ? items : undefined;
  }
  if (!isData(value)) return value;
  const kept = Object.entries(value)
    .map(([key, item]) => [key, withoutEmpty(item)] as const)
    .filter(([, item]) => item !== undefined);
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

/** JSON with members sorted by UTF-16 code units, without white space (RFC 8785; numbers and strings are what JSON.stringify writes). */
function jcs(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jcs).join(",")}]`;
  if (!isData(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${jcs(value[key])}`);
  return `{${members.join(",")}}`;
}

/** The card with the fields of A2A 1.0 and no others, neither signatures nor members at their default. */
export function cardFields(card: object): Data {
  return ofShape(card as Data, CARD);
}

/**
 * The texts the card is signed over. The specification keeps REQUIRED members that are empty, the reference SDKs, both when they sign and when
 * they verify, leave them out: theirs first, the specification's second where it differs. Fields outside A2A 1.0, and `signatures`, are in neither.
 */
export function canonicalTexts(card: object): readonly string[] {
  const exact = cardFields(card);
  const texts = [jcs(withoutEmpty(exact) ?? {}), jcs(exact)];
  return [...new Set(texts)];
}
