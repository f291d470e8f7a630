import type * as Sdk from "@anthropic-ai/sdk";
import { RoundtableError } from "../../core/errors.ts";
import type { ErrorCode } from "../../core/errors.ts";
import { redact } from "../../core/redact.ts";

/** What is known about a failed call besides the error. */
export interface Circumstances {
  readonly sdk: typeof Sdk;
  /** Taken out of everything that is said. */
  readonly apiKey: string;
  /** Where the call went, for people. */
  readonly baseUrl: string;
}

/** The stream stood still for longer than allowed. */
export class Silence extends Error {
  override readonly name = "Silence";
}

/** The stream ended before the model had said how it ended. */
export class BrokenOff extends Error {
  override readonly name = "BrokenOff";
}

const SAFE = "Nothing is lost.";

/** Turns whatever a call threw into a problem a person can act on; the key is in no part of it. */
export function toModelProblem(
  error: unknown,
  { sdk, apiKey, baseUrl }: Circumstances,
): RoundtableError {
  if (error instanceof RoundtableError) return error;
  const clean = (text: string): string =>
    redact(apiKey.length < 8 ? text : text.replaceAll(apiKey, "«key»")).slice(
      0,
      500,
    );
  const said = error instanceof Error ? clean(error.message) : "";
  const problem = (
    code: ErrorCode,
    message: string,
    next: string,
  ): RoundtableError =>
    new RoundtableError(code, clean(message), `${SAFE} ${next}`, {
      // A copy: the original may hold the request's headers.
      cause: new Error(
        `${error instanceof Error ? error.name : "Error"}: ${said}`,
      ),
    });

  if (
    error instanceof Silence ||
    error instanceof sdk.APIConnectionTimeoutError
  )
    return problem(
      "model-timeout",
      "The model did not answer in time.",
      "Resume the mission to ask again.",
    );
  if (isApiError(error, sdk)) {
    // Inside a stream there is a kind and no status. Neither: the service was not reached.
    const status =
      error.status ??
      (error.type === null ? undefined : (STATUS_OF[error.type] ?? 500));
    if (status !== undefined) return byStatus(status, error.apiMessage ?? said);
  }
  if (error instanceof sdk.AnthropicError || error instanceof BrokenOff)
    return problem(
      "model-unreachable",
      error instanceof sdk.APIConnectionError
        ? `The model at ${baseUrl} cannot be reached.`
        : `The connection to ${baseUrl} broke off in the middle of an answer.`,
      "Check the network and the setting roundtable.baseUrl, then resume the mission.",
    );
  return problem(
    "model-failed",
    `The call to the model failed: ${said}`,
    "Resume the mission to try again; if it fails again, read the log.",
  );

  function byStatus(status: number, reason: string): RoundtableError {
    if (status === 401 || status === 403)
      return problem(
        "bad-key",
        status === 401
          ? `${baseUrl} does not accept the API key.`
          : `${baseUrl} does not let this API key do that: ${reason}`,
        "Set a valid key, then resume the mission.",
      );
    if (status === 408 || status === 504)
      return problem(
        "model-timeout",
        "The model's service ran out of time.",
        "Resume the mission to ask again.",
      );
    if (status === 429)
      return problem(
        "model-overloaded",
        `The limit of requests for this API key is reached: ${reason}`,
        "Wait a few minutes, then resume the mission.",
      );
    if (status >= 500)
      return problem(
        "model-overloaded",
        `The model's service is overloaded or in trouble (${String(status)}).`,
        "Resume the mission in a few minutes.",
      );
    if (status === 402)
      return problem(
        "model-failed",
        `The service wants payment first: ${reason}`,
        "Add credit to the account the key belongs to, then resume the mission.",
      );
    return problem(
      "model-failed",
      `The service refused the request (${String(status)}): ${reason}`,
      "Check which models the setting roundtable.tiers names, then resume the mission.",
    );
  }
}

/** The status an error of this kind has outside a stream. */
const STATUS_OF: Readonly<Record<string, number>> = {
  authentication_error: 401,
  permission_error: 403,
  rate_limit_error: 429,
  timeout_error: 504,
  invalid_request_error: 400,
  not_found_error: 404,
  billing_error: 402,
  overloaded_error: 529,
  api_error: 500,
};

function isApiError(error: unknown, sdk: typeof Sdk): error is Sdk.APIError {
  return error instanceof sdk.APIError;
}
