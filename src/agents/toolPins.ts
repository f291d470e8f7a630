import type { PinnedTool } from "../core/policy.ts";
import { canonicalJson } from "../core/json.ts";
import type { Recorded } from "../protocol/event.ts";

/** What a permission for an MCP tool is about: its name and the hash of its whole definition. */
export function pinSubject({ name, definitionHash }: PinnedTool): string {
  return canonicalJson({ tool: name, definitionHash });
}

/** MCP tools that were allowed for the rest of the mission, by name: the definitions that were shown, the latest counts. */
export function approvedPins(
  events: readonly Recorded[],
): ReadonlyMap<string, string> {
  const asked = new Map<string, PinnedTool>();
  const approved = new Map<string, string>();
  for (const event of events) {
    if (event.type === "PermissionAsked" && event.data.what === "tool") {
      const pin = pinOf(event.data.subject);
      if (pin !== undefined) asked.set(event.data.permissionId, pin);
    } else if (
      event.type === "PermissionAnswered" &&
      event.data.answer === "mission"
    ) {
      const pin = asked.get(event.data.permissionId);
      if (pin !== undefined) approved.set(pin.name, pin.definitionHash);
    }
  }
  return approved;
}

function pinOf(subject: string): PinnedTool | undefined {
  const value = parsed(subject);
  return typeof value === "object" &&
    value !== null &&
    "tool" in value &&
    typeof value.tool === "string" &&
    "definitionHash" in value &&
    typeof value.definitionHash === "string"
    ? { name: value.tool, definitionHash: value.definitionHash }
    : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Permissions of other kinds may be about any text.
    return undefined;
  }
}
