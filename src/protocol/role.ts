import * as z from "zod";
import { AgentSkill } from "./a2a.ts";

/** A role as a file says it: who sits there, what they may use, and what they are told. */
export const RoleFile = z.strictObject({
  id: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9_-]{0,63}$/,
      "up to 64 lower-case letters, digits, - and _",
    ),
  name: z.string().min(1).max(64),
  role: z.string().min(1).max(64),
  description: z.string().min(1).max(512),
  tier: z.enum(["strong", "middle", "cheap"]),
  /** Names of tools it may use; `server/tool` for MCP tools, where either side may hold `*`. */
  tools: z.array(
    z
      .string()
      .regex(
        /^(?:[a-z_]+|[\w*.-]+\/[\w*.-]+)$/,
        "a tool's name, or server/tool for tools of MCP servers",
      ),
  ),
  skills: z.array(AgentSkill).min(1),
  /** Markdown below the front matter. */
  instructions: z.string().min(1).max(20_000),
});
export type RoleFile = z.infer<typeof RoleFile>;
