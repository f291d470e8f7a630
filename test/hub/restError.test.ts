import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { toRestError } from "../../src/hub/rest/restError.ts";
import {
  agentUnavailable,
  invalidField,
  notAllowed,
  overloaded,
  RPC_CODE,
  taskNotFound,
  toRpcError,
} from "../../src/hub/wireError.ts";

describe("errors of the REST binding", () => {
  it("have the HTTP status of the specification for every code", () => {
    const expected: Readonly<
      Record<keyof typeof RPC_CODE, readonly [number, string]>
    > = {
      parse: [400, "INVALID_ARGUMENT"],
      invalidRequest: [400, "INVALID_ARGUMENT"],
      methodNotFound: [501, "UNIMPLEMENTED"],
      invalidParams: [400, "INVALID_ARGUMENT"],
      internal: [500, "INTERNAL"],
      taskNotFound: [404, "NOT_FOUND"],
      taskNotCancelable: [400, "FAILED_PRECONDITION"],
      pushNotSupported: [400, "FAILED_PRECONDITION"],
      unsupportedOperation: [400, "FAILED_PRECONDITION"],
      contentTypeNotSupported: [400, "INVALID_ARGUMENT"],
      invalidAgentResponse: [500, "INTERNAL"],
      extendedCardNotConfigured: [400, "FAILED_PRECONDITION"],
      extensionRequired: [400, "FAILED_PRECONDITION"],
      versionNotSupported: [400, "FAILED_PRECONDITION"],
    };
    for (const [name, code] of Object.entries(RPC_CODE)) {
      const { httpStatus, body } = toRestError({ code, message: "No." });
      const [status, word] = expected[name as keyof typeof RPC_CODE];
      assert.equal(httpStatus, status, name);
      assert.deepEqual(JSON.parse(body), {
        error: { code: status, status: word, message: "No.", details: [] },
      });
    }
  });

  it("say by the reason where the code says too little", () => {
    const statusOf = (error: Error): number =>
      toRestError(toRpcError(error)).httpStatus;
    assert.equal(statusOf(overloaded("seats")), 429);
    assert.equal(statusOf(agentUnavailable("worker")), 503);
    assert.equal(statusOf(notAllowed("Not yours.")), 403);
    assert.equal(statusOf(taskNotFound("x")), 404);
    assert.equal(statusOf(new Error("at /home/me/secret.ts:1")), 500);
  });

  it("carry the fields that do not fit twice: as BadRequest, and in the metadata that reaches clients of the SDK", () => {
    const { body } = toRestError(toRpcError(invalidField("a.b", "is bad")));
    const { error } = JSON.parse(body) as {
      error: { details: readonly Record<string, unknown>[] };
    };
    assert.deepEqual(error.details[0]?.["fieldViolations"], [
      { field: "a.b", description: "is bad" },
    ]);
    assert.deepEqual(error.details[1]?.["metadata"], { "a.b": "is bad" });
  });

  it("tell nothing of an error that was not made for strangers", () => {
    const error = toRpcError(new Error("at /home/me/secret.ts:1"));
    assert.doesNotMatch(toRestError(error).body, /home|secret/);
  });
});
