import { join } from "node:path";
import { loadRoles } from "../adapters/roles/loadRoles.ts";
import { callHub, type Discovered } from "../app.ts";
import { AgentsList, type SeatedAgent } from "../protocol/hub.ts";
import { createPrinter } from "./print.ts";
import { findRunning, type HubChoice } from "./runningHub.ts";
import { MEDIA } from "./session.ts";

/** Flags of `roundtable agents`; patterns in which `*` is anything. */
export interface AgentsOptions extends HubChoice {
  readonly id?: string;
  readonly role?: string;
  readonly skill?: string;
  readonly capability?: string;
  readonly json?: boolean;
}

/** Lists who sits at the hub that runs; without one, who would sit at the table. Returns the exit code. */
export async function agents(options: AgentsOptions): Promise<number> {
  const hub = await findRunning(options);
  if (hub !== undefined) return listSeated(hub, options);
  const roles = await loadRoles([join(MEDIA, "roles")]);
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(roles)}\n`);
    return 0;
  }
  const printer = createPrinter(process.stdout);
  for (const { name, role, tier, description, tools } of roles) {
    printer.line(`${name.padEnd(10)} ${role}, ${tier} model`);
    printer.line(`${" ".repeat(10)} ${description}`);
    printer.line(`${" ".repeat(10)} tools: ${tools.join(", ")}`);
  }
  return 0;
}

async function listSeated(
  hub: Discovered,
  { id, role, skill, capability, json }: AgentsOptions,
): Promise<number> {
  const query = { id, role, skill, capability };
  const answer = await callHub(hub, "agents/list", query);
  const { agents: seated } = AgentsList.parse(answer);
  const { name, url } = hub;
  if (json === true) {
    const shown = { hub: { name, url }, agents: seated };
    process.stdout.write(`${JSON.stringify(shown)}\n`);
    return 0;
  }
  const printer = createPrinter(process.stdout);
  const fitting = Object.values(query).some((one) => one !== undefined);
  printer.heading(`${name} at ${url}`);
  if (seated.length === 0)
    printer.line(fitting ? "Nobody here fits." : "Nobody sits here.");
  for (const agent of seated) {
    printer.line(`${agent.agentId.padEnd(16)} ${describe(agent)}`);
    if (agent.unhealthy !== undefined)
      printer.line(`${" ".repeat(16)} not well: ${agent.unhealthy}`);
    if (agent.skills.length > 0)
      printer.line(`${" ".repeat(16)} skills: ${agent.skills.join(", ")}`);
  }
  return 0;
}

/** What A2A servers elsewhere give as their lineage. */
const ELSEWHERE = "elsewhere";

function describe(agent: SeatedAgent): string {
  const { role, where, lineage, status, load, running, waiting, concurrency } =
    agent;
  const words = [
    role,
    lineage === ELSEWHERE
      ? "elsewhere"
      : where === "inProcess"
        ? "in the hub"
        : "on a socket",
    agent.unhealthy === undefined ? status : "unhealthy",
    `${String(running)} of ${String(concurrency)} tasks`,
  ];
  if (waiting > 0) words.push(`${String(waiting)} waiting`);
  if (load !== undefined)
    words.push(`says ${String(Math.round(load * 100))} % busy`);
  if (agent.circuit !== "closed") words.push("kept from work after failures");
  if (agent.fallback !== undefined)
    words.push(`${agent.fallback} stands in for it`);
  return words.join(", ");
}
