import type { PeersShown } from "../../protocol/peers.ts";
import type { HubReport } from "../../protocol/peer.ts";
import type { StatusReport } from "../../protocol/jobs.ts";

/** How this hub and every hub that is not revoked is, as each told last; the same as text. */
export function statusReport(
  shown: PeersShown,
  own: HubReport,
  at: number,
): StatusReport {
  const others = shown.peers
    .filter(({ state }) => state !== "revoked")
    .map(({ hubId, name, state, latencyMs, report }) => ({
      hubId,
      name,
      state,
      ...(latencyMs !== undefined && { latencyMs }),
      ...(report !== undefined && { report }),
    }));
  const hubs = [
    { hubId: shown.hubId, name: own.name, state: "this hub", report: own },
    ...others,
  ];
  return { at, hubs, text: hubs.map((hub) => lineOf(hub, at)).join("\n") };
}

function lineOf(
  { name, state, latencyMs, report }: StatusReport["hubs"][number],
  at: number,
): string {
  const head = [
    `${name}: ${state}`,
    ...(latencyMs === undefined ? [] : [`${latencyMs.toFixed(0)} ms away`]),
  ];
  if (report === undefined) return `${head.join(", ")}; it has not reported.`;
  const { agents, missions, jobs } = report;
  const crew = agents
    .map(({ agentId, status, running, waiting }) => {
      const tasks = running + waiting;
      const now = tasks === 0 ? status : `${status}, ${count(tasks, "task")}`;
      return `${agentId} (${now})`;
    })
    .join(", ");
  const age = Math.max(0, Math.round((at - report.at) / 1000));
  const said = age < 2 ? "" : `, as of ${String(age)} s ago`;
  return `${head.join(", ")}; ${count(missions.open, "open mission")}, ${count(jobs, "job")}; agents: ${crew === "" ? "none shown" : crew}${said}`;
}

function count(number: number, what: string): string {
  return `${String(number)} ${what}${number === 1 ? "" : "s"}`;
}
