import { RoundtableError } from "../core/errors.ts";

/** The parameters of a method, as its schema reads them; throws `peering-failed` for what does not fit. */
export function asked<T>(
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
    "peering-failed",
    `That cannot be done as asked: ${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? "unknown"}.`,
    "Nothing was changed. Correct it and try again.",
  );
}
