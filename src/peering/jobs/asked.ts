import { RoundtableError } from "../../core/errors.ts";

/** The hub of that name or id among some; throws `bad-intent` where there is none, or more than one. */
export function hubNamed<
  H extends { readonly hubId: string; readonly name: string },
>(named: string, among: readonly H[]): H {
  const found = among.filter(
    ({ hubId, name }) => hubId === named || name === named,
  );
  const [one, another] = found;
  if (one !== undefined && another === undefined) return one;
  throw new RoundtableError(
    "bad-intent",
    one === undefined
      ? `There is no hub ${JSON.stringify(named)} here; there is ${among.map(({ name }) => name).join(", ")}.`
      : `Two hubs are called ${JSON.stringify(named)}.`,
    "Nothing was changed. Name a hub by its name, or by its id where two have one name.",
  );
}

/** What a method was asked with, as its schema has it; throws `bad-intent`. */
export function readParams<T>(
  schema: {
    safeParse(value: unknown):
      | { readonly success: true; readonly data: T }
      | {
          readonly success: false;
          readonly error: {
            readonly issues: readonly {
              readonly path: readonly PropertyKey[];
              readonly message: string;
            }[];
          };
        };
  },
  params: unknown,
): T {
  const parsed = schema.safeParse(params ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RoundtableError(
    "bad-intent",
    `That cannot be done as asked: ${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? "unknown"}.`,
    "Nothing was changed. Correct it and try again.",
  );
}
