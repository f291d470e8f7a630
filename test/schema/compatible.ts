/** Whether what an older version wrote can still be read, told from the JSON schemas of both versions. */

/** As much of JSON Schema (2020-12) as zod writes. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Schemas by the name of the word they are of. */
export type Words = Readonly<Record<string, Schema>>;

const FLOORS = [
  "minimum",
  "exclusiveMinimum",
  "minLength",
  "minItems",
] as const;
const CEILINGS = [
  "maximum",
  "exclusiveMaximum",
  "maxLength",
  "maxItems",
] as const;

/**
 * Every incompatible change between the released words and those of now, as `WORD.member: what happened`; empty when everything that was
 * ever written can be read, and nothing is missing that older readers rely on. New words and new optional members are no change.
 */
export function incompatibilities(
  released: Words,
  now: Words,
): readonly string[] {
  return Object.entries(released).flatMap(([name, before]) => {
    const after = now[name];
    return after === undefined
      ? [`${name}: the word is gone`]
      : changes(name, before, after);
  });
}

function changes(at: string, before: Schema, after: Schema): readonly string[] {
  if (isAnything(after)) return [];
  const choices = alternatives(before);
  if (choices !== undefined)
    return choices.flatMap((choice, i) =>
      changes(`${at}${nameOf(choice, i)}`, choice, after),
    );
  const accepting = alternatives(after);
  if (accepting !== undefined) return closest(at, before, accepting);
  if (isAnything(before)) return [`${at}: it was anything, now it is narrower`];
  return [
    ...typeChanges(at, before, after),
    ...valueChanges(at, before, after),
    ...rangeChanges(at, before, after),
    ...memberChanges(at, before, after),
    ...(before.items && after.items
      ? changes(`${at}[]`, before.items, after.items)
      : []),
  ];
}

/** What is wrong with the alternative that fits best: nothing, where one accepts it. */
function closest(
  at: string,
  before: Schema,
  accepting: readonly Schema[],
): readonly string[] {
  const found = accepting
    .map((choice) => changes(at, before, choice))
    .sort((a, b) => a.length - b.length);
  const [best = []] = found;
  if (best.length === 0) return [];
  const own = accepting.find((choice) => sameTags(before, choice));
  return own === undefined
    ? [`${at}: no alternative takes it any more`]
    : changes(at, before, own);
}

function typeChanges(
  at: string,
  before: Schema,
  after: Schema,
): readonly string[] {
  const now = types(after);
  if (now.length === 0) return [];
  return types(before)
    .filter(
      (type) =>
        !now.includes(type) && !(type === "integer" && now.includes("number")),
    )
    .map((type) => `${at}: it was ${type}, now it is ${now.join(" or ")}`);
}

function valueChanges(
  at: string,
  before: Schema,
  after: Schema,
): readonly string[] {
  const now = values(after);
  if (now === undefined) return [];
  const old = values(before);
  if (old === undefined)
    return [`${at}: it was free, now only ${now.join(", ")}`];
  return old
    .filter((value) => !now.includes(value))
    .map((value) => `${at}: the value ${value} is gone`);
}

function rangeChanges(
  at: string,
  before: Schema,
  after: Schema,
): readonly string[] {
  const found: string[] = [];
  for (const name of FLOORS)
    if ((after[name] ?? -Infinity) > (before[name] ?? -Infinity))
      found.push(`${at}: ${name} rose to ${String(after[name])}`);
  for (const name of CEILINGS)
    if ((after[name] ?? Infinity) < (before[name] ?? Infinity))
      found.push(`${at}: ${name} fell to ${String(after[name])}`);
  for (const name of ["pattern", "format"] as const)
    if (after[name] !== undefined && after[name] !== before[name])
      found.push(`${at}: another ${name}`);
  return found;
}

function memberChanges(
  at: string,
  before: Schema,
  after: Schema,
): readonly string[] {
  const found: string[] = [];
  const { properties: old = {}, required: wasThere = [] } = before;
  const { properties: now = {}, required: mustBe = [] } = after;
  for (const [name, member] of Object.entries(old)) {
    const still = now[name];
    if (still === undefined) found.push(`${at}.${name}: the member is gone`);
    else found.push(...changes(`${at}.${name}`, member, still));
  }
  for (const name of mustBe)
    if (!wasThere.includes(name))
      found.push(
        `${at}.${name}: ${name in old ? "it was optional, now it is required" : "a new member is required"}`,
      );
  for (const name of wasThere)
    if (!mustBe.includes(name) && name in now)
      found.push(
        `${at}.${name}: it was always there, and older versions rely on it`,
      );
  const { additionalProperties: others } = before;
  const { additionalProperties: othersNow } = after;
  if (isOpen(others) && othersNow === false)
    found.push(`${at}: unknown members are no longer kept`);
  else if (typeof others === "object" && typeof othersNow === "object")
    found.push(...changes(`${at}.*`, others, othersNow));
  return found;
}

function isOpen(others: Schema["additionalProperties"]): boolean {
  return others === true || (typeof others === "object" && isAnything(others));
}

function isAnything(schema: Schema): boolean {
  return Object.keys(schema).every((key) =>
    ["$schema", "description", "default", "title"].includes(key),
  );
}

function alternatives(schema: Schema): readonly Schema[] | undefined {
  return schema.anyOf ?? schema.oneOf;
}

function types({ type }: Schema): readonly string[] {
  return type === undefined ? [] : typeof type === "string" ? [type] : type;
}

function values(schema: Schema): readonly string[] | undefined {
  if ("const" in schema) return [JSON.stringify(schema.const)];
  return schema.enum?.map((value) => JSON.stringify(value));
}

/** The members of an alternative that tell it from the others, e.g. `kind`. */
function tags({ properties = {} }: Schema): readonly string[] {
  return Object.entries(properties)
    .filter(([, member]) => "const" in member)
    .map(([name, member]) => `${name}=${String(member.const)}`);
}

function sameTags(a: Schema, b: Schema): boolean {
  const own = tags(a);
  return own.length > 0 && own.every((tag) => tags(b).includes(tag));
}

function nameOf(choice: Schema, index: number): string {
  return `(${tags(choice)[0] ?? types(choice)[0] ?? String(index)})`;
}
