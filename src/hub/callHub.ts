import { RoundtableError } from "../core/errors.ts";
import { RpcResponse } from "../protocol/jsonRpc.ts";
import type { Discovered } from "./discovery.ts";

/** How long a hub may take to answer, ms; it may have to ask a server elsewhere first. */
const PATIENCE_MS = 30_000;

/** Asks a running hub as its owner, over JSON-RPC and HTTP. Rejects with `hub-failed`: it is not there, or it says no and why. */
export async function callHub(
  { url, token }: Pick<Discovered, "url" | "token">,
  method: string,
  params: unknown,
): Promise<unknown> {
  let text: string;
  try {
    const response = await fetch(`${url}/rpc`, {
      method: "POST",
      redirect: "error",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${token}`,
        "a2a-version": "1.0",
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    text = await response.text();
  } catch (cause) {
    throw new RoundtableError(
      "hub-failed",
      `The hub at ${url} does not answer.`,
      "Nothing was changed. Start it again, then repeat the command.",
      { cause },
    );
  }
  const answer = RpcResponse.safeParse(parse(text));
  if (answer.success && answer.data.error === undefined)
    return answer.data.result;
  throw new RoundtableError(
    "hub-failed",
    answer.success
      ? `The hub says no: ${why(answer.data.error)}`
      : "The hub answered something that is not JSON-RPC.",
    "Nothing was changed.",
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The error's sentence with the fields it names. */
export function why(
  error: { message: string; data?: unknown } | undefined,
): string {
  const details: readonly unknown[] = Array.isArray(error?.data)
    ? error.data
    : [];
  const fields = details.flatMap((detail) =>
    detail !== null &&
    typeof detail === "object" &&
    "fieldViolations" in detail &&
    Array.isArray(detail.fieldViolations)
      ? (detail.fieldViolations as { field: string; description: string }[])
      : [],
  );
  return [
    error?.message ?? "it does not say why",
    ...fields.map(({ field, description }) => `${field}: ${description}.`),
  ].join(" ");
}
