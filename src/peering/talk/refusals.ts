import type { PeerBody } from "../../protocol/peer.ts";

/** What a hub that asked for something is told when what it said counts for nothing here; undefined where it waits for no answer. */
export function refusalOf(body: PeerBody, why: string): PeerBody | undefined {
  const note = `That hub refused it: ${why}.`;
  switch (body.kind) {
    case "message":
      return {
        kind: "messageDone",
        messageId: body.message.messageId,
        problem: note,
      };
    case "taskAsked":
      return { kind: "taskTold", taskId: body.taskId, state: "refused", note };
    default:
      return undefined;
  }
}
