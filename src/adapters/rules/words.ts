import * as z from "zod";
import { nearest } from "../../core/rules/fault.ts";
import { RulesFile } from "../../protocol/rulesFile.ts";

/** A fault before its place is known. `path` leads to what it is about; `atKey` when the key itself is wrong. */
export interface Worded {
  readonly path: readonly PropertyKey[];
  readonly atKey: boolean;
  readonly what: string;
}

interface Shape {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly propertyNames?: Shape;
  readonly items?: Shape;
}

const SHAPE = z.toJSONSchema(RulesFile, { io: "input" }) as Shape;

/** An issue of the schema in words: the key, what is allowed there, and what stands there. `value` is the whole file. */
export function wordsOf(
  issue: z.core.$ZodIssue,
  value: unknown,
): readonly Worded[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(shapeAt(path)?.properties ?? {});
    return issue.keys.map((key) => ({
      path: [...path, key],
      atKey: true,
      what: `has the key "${clip(key)}", which is not known${inPlace(path)}; ${hint(key, known)}`,
    }));
  }
  const shape = shapeAt(path);
  if (issue.code === "invalid_key")
    return [
      {
        path,
        atKey: true,
        what: `has the key "${clip(String(path.at(-1)))}"; it must be ${shapeAt(path.slice(0, -1))?.propertyNames?.description ?? "a name"}`,
      },
    ];
  const found = valueAt(value, path);
  return [
    {
      path,
      atKey: false,
      what:
        issue.code === "custom"
          ? `${named(path)} needs ${issue.message}`
          : `${named(path)} must be ${shape?.description ?? issue.message}; it is ${shown(found)}`,
    },
  ];
}

function hint(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  const all = `allowed are ${known.join(", ")}`;
  return meant === undefined ? all : `did you mean "${meant}"? ${all}`;
}

function inPlace(path: readonly PropertyKey[]): string {
  return path.length === 0 ? "" : ` in ${named(path).replace(/^has /, "")}`;
}

function named(path: readonly PropertyKey[]): string {
  return path.length === 0
    ? "the file"
    : path
        .map((part) =>
          typeof part === "number" ? `[${String(part + 1)}]` : String(part),
        )
        .join(".")
        .replaceAll(".[", "[");
}

function shapeAt(path: readonly PropertyKey[]): Shape | undefined {
  let shape: Shape | undefined = SHAPE;
  for (const part of path) {
    shape = partOf(shape, part);
    if (shape === undefined) return undefined;
  }
  return shape;
}

function partOf(shape: Shape, part: PropertyKey): Shape | undefined {
  if (typeof part === "number") return shape.items;
  const { properties = {}, additionalProperties } = shape;
  const name = String(part);
  if (Object.hasOwn(properties, name)) return properties[name];
  return typeof additionalProperties === "object"
    ? additionalProperties
    : undefined;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, part) =>
      typeof at === "object" && at !== null && Object.hasOwn(at, part)
        ? (at as Readonly<Record<PropertyKey, unknown>>)[part]
        : undefined,
    value,
  );
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return "empty";
  if (Array.isArray(value)) return `a list of ${String(value.length)}`;
  return typeof value === "object"
    ? "keys and values"
    : clip(JSON.stringify(value));
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
