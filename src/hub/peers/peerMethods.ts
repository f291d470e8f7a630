import { RoundtableError } from "../../core/errors.ts";
import type { PeersDesk } from "../../ports/peering.ts";
import type { Reply } from "../connection.ts";
import type { A2ACall } from "../jsonRpc.ts";
import {
  notAllowed,
  problemOfOurs,
  RPC_CODE,
  WireError,
} from "../wireError.ts";

/** Answers the methods about other hubs, `peers/…`, for the hub's owner only, and passes all others on. Rejects with wire errors. */
export function answerPeers(
  desk: Pick<PeersDesk, "ask"> | undefined,
  dispatch: (call: A2ACall) => Promise<Reply>,
): (call: A2ACall) => Promise<Reply> {
  async function valueOf(call: A2ACall): Promise<unknown> {
    const { method, params, caller } = call;
    if (caller.identity?.kind !== "owner")
      throw notAllowed(
        "Only the hub's owner may do this; use the token of its discovery file.",
      );
    if (desk === undefined)
      throw new WireError(
        RPC_CODE.methodNotFound,
        "This hub has no teammates' hubs.",
      );
    try {
      return (await desk.ask(method, params, caller.name)) ?? {};
    } catch (error) {
      if (error instanceof RoundtableError) throw problemOfOurs(error);
      throw error;
    }
  }

  return async (call) =>
    call.method.startsWith("peers/")
      ? { kind: "value", value: await valueOf(call) }
      : dispatch(call);
}
