import type { Scope } from "../protocol/peer.ts";
import type { JobShown } from "../protocol/jobs.ts";
import type { PeerLine, PeersShown, RoomLine } from "../protocol/peers.ts";

/** What each scope lets a teammate's hub do here, in a line, and whether it is granted unless somebody says otherwise. */
export const SCOPES: readonly {
  readonly scope: Scope;
  readonly name: string;
  readonly means: string;
  readonly usual: boolean;
}[] = [
  {
    scope: "observe",
    name: "Observe",
    means: "sees your published agents, status reports and shared missions",
    usual: true,
  },
  {
    scope: "message",
    name: "Message",
    means: "writes to your agents, without any tool; invites you to missions",
    usual: true,
  },
  {
    scope: "vote",
    name: "Vote",
    means: "asks your agents for ballots; its ballots count in your missions",
    usual: false,
  },
  {
    scope: "task",
    name: "Take tasks",
    means: "asks for work on a repository; you accept each task yourself",
    usual: false,
  },
];

/** Scopes by name, in their usual order; "nothing" when there are none. */
export function scopeNames(scopes: readonly Scope[]): string {
  const names = SCOPES.filter(({ scope }) => scopes.includes(scope)).map(
    ({ scope }) => scope,
  );
  return names.length === 0 ? "nothing" : names.join(", ");
}

/** Text from another hub, for places that render links or icons: one line, no control or direction-changing characters, no markup that VS Code acts on, at most `most` characters. */
export function plain(text: string, most = 200): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll("](", "] (")
    .replaceAll("$(", "$ (")
    .trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** How a hub id is shown: people compare words, not this. */
export function shortId(hubId: string): string {
  return `${hubId.slice(0, 4)} ${hubId.slice(4, 8)} ${hubId.slice(8, 12)}`;
}

/** Time from `now` to `at`, whole minutes rounded up. */
export function timeLeft(at: number, now: number): string {
  const minutes = Math.ceil((at - now) / 60_000);
  return minutes > 0 ? `${String(minutes)} min left` : "expired";
}

/** How long ago `at` was, in its largest unit. */
export function ago(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < 60) return "just now";
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${String(minutes)} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? `${String(hours)} h ago`
    : `${String(Math.floor(hours / 24))} days ago`;
}

/** How a peer stands, in a few words. */
export function standing(peer: PeerLine, now: number): string {
  switch (peer.state) {
    case "connected":
      return peer.latencyMs === undefined
        ? "connected"
        : `connected, ${String(Math.round(peer.latencyMs))} ms`;
    case "connecting":
      return "connecting…";
    case "away":
      return peer.heardAt === undefined
        ? "away"
        : `away, heard ${ago(peer.heardAt, now)}`;
    case "revoked":
      return "revoked";
  }
}

/** Peers whose agents can vote in a mission of this hub now: both people granted what it takes, and they are connected. */
export function voters({ peers }: PeersShown): readonly PeerLine[] {
  return peers.filter(
    ({ state, scopes, theirs, agents }) =>
      state === "connected" &&
      scopes.includes("observe") &&
      scopes.includes("vote") &&
      theirs.includes("message") &&
      theirs.includes("vote") &&
      agents.some(({ votes }) => votes),
  );
}

/** Whether only programs of this machine reach an address. */
export function isLoopback(host: string): boolean {
  return host === "::1" || host === "localhost" || host.startsWith("127.");
}

/** Who coordinates a room, in a few words. */
export function coordination({ coordinator }: RoomLine): string {
  return coordinator === undefined
    ? "no coordinator yet"
    : `coordinated by ${plain(coordinator.name, 64)}, term ${String(coordinator.term)}`;
}

/** Whether there is nothing at all to show of peering. */
export function isNothing(shown: PeersShown): boolean {
  return (
    shown.listening === undefined &&
    shown.invitations.length +
      shown.pairings.length +
      shown.peers.length +
      shown.rooms.length +
      shown.tasks.length ===
      0
  );
}

/** A peer's report as Markdown. What it says of itself is data, and escaped. */
export function reportMarkdown(peer: PeerLine, now: number): string {
  const { report } = peer;
  const name = escaped(peer.name);
  if (report === undefined)
    return `# Report of ${name}\n\nThere is none yet. It comes as soon as the hub is connected and you may observe it.\n`;
  return [
    `# Report of ${name}`,
    "",
    `Version ${escaped(report.version)}, running since ${new Date(report.startedAt).toLocaleString()}, told ${ago(report.at, now)}.`,
    "",
    `${String(report.missions.open)} missions open, ${String(report.missions.closed)} closed, ${String(report.jobs)} jobs.`,
    "",
    "| Agent | Role | Status | Running | Waiting |",
    "| --- | --- | --- | ---: | ---: |",
    ...report.agents.map(
      ({ agentId, role, status, running, waiting }) =>
        `| ${escaped(agentId)} | ${escaped(role)} | ${escaped(status)} | ${String(running)} | ${String(waiting)} |`,
    ),
    "",
  ].join("\n");
}

/** A job as Markdown. What its hubs say is data: it stands in blocks of code. */
export function jobPage(job: JobShown): string {
  const by = job.coordinator;
  return [
    `# ${escaped(job.goal)}`,
    "",
    `${job.done ? "Done" : escaped(job.state)}${by === undefined ? "" : `, coordinated by ${escaped(by.name)} in term ${String(by.term)}`}.`,
    "",
    ...job.parts.flatMap(({ goal, state, hub, agent, text }) => [
      `## ${escaped(goal)}`,
      "",
      [state, agent, hub && `at ${hub}`]
        .flatMap((one) => (one ? escaped(one) : []))
        .join(" "),
      "",
      ...(text === undefined ? [] : [block(text), ""]),
    ]),
    ...(job.text === undefined ? [] : ["## Gathered", "", block(job.text), ""]),
  ].join("\n");
}

/** Text in an indented block, in which nothing is markup. */
function block(text: string): string {
  return text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}

/** Outside text inside Markdown: every sign that could mean something is escaped. */
function escaped(text: string): string {
  return plain(text, 128).replaceAll(/[!-/:-@[-`{-~]/g, "\\$&");
}
