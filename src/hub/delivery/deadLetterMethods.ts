import {
  DeadLetterNamed,
  DeadLettersQuery,
} from "../../protocol/deadLetters.ts";
import type { Reply } from "../connection.ts";
import type { A2ACall } from "../jsonRpc.ts";
import {
  invalidField,
  notAllowed,
  parseParams,
  RPC_CODE,
  WireError,
} from "../wireError.ts";
import type { DeadLetters } from "./deadLetters.ts";

/** Answers the methods about dead letters, for the hub's owner only, and passes all others on. Rejects with wire errors. */
export function answerDeadLetters(
  letters: DeadLetters,
  dispatch: (call: A2ACall) => Promise<Reply>,
): (call: A2ACall) => Promise<Reply> {
  async function valueOf({
    method,
    params,
    caller,
  }: A2ACall): Promise<unknown> {
    if (caller.identity?.kind !== "owner")
      throw notAllowed(
        "Only the hub's owner may do this; use the token of its discovery file.",
      );
    if (method === "deadLetters/list") {
      const query = parseParams(DeadLettersQuery, params ?? {});
      return { deadLetters: await letters.list(query) };
    }
    const act = actOf(letters, method);
    if (act === undefined)
      throw new WireError(
        RPC_CODE.methodNotFound,
        "There is no such method about dead letters; docs/delivery.md lists them.",
      );
    const { no } = parseParams(DeadLetterNamed, params);
    const done = await act(no);
    if (done === undefined || done === false)
      throw invalidField("no", "is the number of no dead letter");
    return done === true ? {} : done;
  }

  return async (call) =>
    call.method.startsWith("deadLetters/")
      ? { kind: "value", value: await valueOf(call) }
      : dispatch(call);
}

function actOf(
  letters: DeadLetters,
  method: string,
): ((no: number) => Promise<unknown>) | undefined {
  switch (method) {
    case "deadLetters/get":
      return (no) => letters.get(no);
    case "deadLetters/resend":
      return (no) => letters.resend(no);
    case "deadLetters/drop":
      return (no) => letters.drop(no);
    default:
      return undefined;
  }
}
