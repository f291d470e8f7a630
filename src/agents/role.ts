import type { AgentCard } from "../protocol/a2a.ts";
import { WS_BINDING } from "../protocol/hub.ts";
import type { RoleFile } from "../protocol/role.ts";
import { ANSWER_MEDIA_TYPE, WORK_MEDIA_TYPE } from "../protocol/work.ts";

/** Whether the role's file lets it use a tool: `read_file`, or `server/tool` for a tool of an MCP server. `*` stands for any run of characters but `/`. */
export function roleMayUse(role: RoleFile, tool: string): boolean {
  return role.tools.some((pattern) => globToRegExp(pattern).test(tool));
}

function globToRegExp(glob: string): RegExp {
  const parts = glob
    .split("*")
    .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^/]*")}$`);
}

/** What the agent says of itself. The hub that seats it replaces the interface by its own addresses. */
export function agentCard(role: RoleFile, version: string): AgentCard {
  return {
    name: role.name,
    description: role.description,
    version,
    supportedInterfaces: [
      {
        url: `urn:roundtable:seat:${role.id}`,
        protocolBinding: WS_BINDING,
        protocolVersion: "1.0",
      },
    ],
    capabilities: { streaming: true, pushNotifications: false },
    defaultInputModes: ["text/plain", WORK_MEDIA_TYPE],
    defaultOutputModes: ["text/plain", ANSWER_MEDIA_TYPE],
    skills: role.skills,
  };
}
