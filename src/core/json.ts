/** JSON as data. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** JSON text with object keys sorted at every depth and `undefined` members left out: equal data give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(canonicalCopy(value));
}

/** An independent copy as JSON would bring it back, with object keys sorted at every depth; throws where JSON does. */
export function canonicalCopy(value: unknown): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      // JSON knows neither of these; −0 comes back as 0.
      return Number.isFinite(value) ? value + 0 : null;
    case "object":
      return value === null ? null : copyOf(value);
    case "bigint":
      throw new TypeError("JSON cannot hold a BigInt");
    default:
      return undefined;
  }
}

function copyOf(value: object): unknown {
  if ("toJSON" in value && typeof value.toJSON === "function")
    return canonicalCopy(JSON.parse(JSON.stringify(value)));
  if (Array.isArray(value))
    return value.map((item: unknown) => canonicalCopy(item) ?? null);
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const member = canonicalCopy((value as Record<string, unknown>)[key]);
    if (member === undefined) continue;
    if (key === "__proto__")
      // A plain assignment would set the prototype.
      Object.defineProperty(copy, key, {
        value: member,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    else copy[key] = member;
  }
  return copy;
}
