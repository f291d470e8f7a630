import { canonicalJson } from "../core/json.ts";
import { commandSubject } from "./commandGate.ts";
import { cut } from "./data.ts";
import type { PermissionRequest } from "./permissions.ts";
import { pinSubject } from "./toolPins.ts";
import type { PreparedCall, Tool } from "./tools/tool.ts";

/** What a person is asked when the rules say "ask" to a call, and under which rule. */
export function questionOf(
  tool: Tool,
  call: PreparedCall,
  rule: string,
): Omit<PermissionRequest, "missionId" | "agentId"> {
  if (call.pin !== undefined) {
    const described = cut(call.pin.description, 500, "see the server's list.");
    return {
      what: "tool",
      subject: pinSubject(call.pin),
      why: `To use ${call.pin.name}${rule === "tool-changed" ? ", whose definition has changed since it was allowed" : ""}. Its server describes it so: ${described}`,
    };
  }
  if (call.argv !== undefined)
    return {
      what: "command",
      subject: commandSubject(call.argv),
      why: "To run a command that is not one of the project's checks.",
    };
  const writes = call.touches.some(({ access }) => access === "write");
  const paths = call.touches.map(({ path }) => path);
  return {
    what: writes ? "write" : "tool",
    subject: canonicalJson({ tool: tool.spec.name, paths }),
    why: `To ${writes ? "change" : "read"} ${paths.join(", ")}, which the policy guards (${rule}).`,
    onlyByPerson: rule === "secret-path",
  };
}
