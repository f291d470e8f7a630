import type { HubStatus } from "../../protocol/status.ts";
import { duration } from "../duration.ts";

/** A part of a status for people: facts by name, or a table. */
export interface StatusPart {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a hub's status says, part by part, in the order people ask. Parts with nothing in them are left out. */
export function statusParts(status: HubStatus): readonly StatusPart[] {
  const { log, missions, process, tasks, queues } = status;
  const facts: StatusPart = {
    title: "Hub",
    head: ["", ""],
    rows: [
      ["Version", `${status.version} (A2A ${status.a2a.join(" and ")})`],
      ["Up", duration(status.upMs)],
      ["Process", String(status.pid)],
      ["Sessions", String(status.sessions)],
      ["Running tasks", String(tasks.running)],
      ["Dead letters", String(status.deadLetters)],
      [
        "Log",
        `${String(log.head)} events, epoch ${String(log.epoch)}${log.bytes === null ? "" : `, ${bytes(log.bytes)}`}`,
      ],
      ["Memory", bytes(process.residentBytes)],
      ["Event loop delay, p99", `${String(process.loopDelayP99Ms)} ms`],
      [
        "Missions",
        Object.entries(missions)
          .map(([state, number]) => `${String(number)} ${state}`)
          .join(", "),
      ],
    ],
  };
  const agents: StatusPart = {
    title: "Agents",
    head: ["agent", "role", "state", "tasks", "busy", "model"],
    rows: status.agents.map((agent) => [
      agent.agentId,
      agent.role,
      agent.state,
      agent.waiting > 0
        ? `${String(agent.tasks)} + ${String(agent.waiting)}`
        : String(agent.tasks),
      `${(agent.utilisation * 100).toFixed(0)} %`,
      agent.lineage === "" ? "–" : agent.lineage,
    ]),
  };
  const waiting: StatusPart = {
    title: "Mailboxes",
    head: ["mailbox", "waiting"],
    rows: queues.map(({ mailbox, waiting: number }) => [
      mailbox,
      String(number),
    ]),
  };
  return [facts, agents, waiting].filter(({ rows }) => rows.length > 0);
}

/** A status as a Markdown document. */
export function statusMarkdown(status: HubStatus): string {
  const parts = statusParts(status).flatMap(({ title, head, rows }) => [
    `## ${title}`,
    "",
    row(head),
    row(head.map(() => "---")),
    ...rows.map(row),
    "",
  ]);
  return [`# Hub “${cell(status.name)}”`, "", ...parts].join("\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(" | ")} |`;
}

/** Names come from outside: none of them makes a column or a line of its own. */
function cell(text: string): string {
  return text.replace(/[\r\n]+/g, " ").replace(/[\\|`*_<[\]]/g, "\\$&");
}

function bytes(count: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? String(value) : value.toFixed(1)} ${units[unit] ?? ""}`;
}
