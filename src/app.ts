import type { CommandGate } from "./agents/commandGate.ts";
import { createCommandGate } from "./agents/commandGate.ts";
import { seatTeam, type SeatedTeam } from "./agents/pool.ts";
import { createHub, type Hub } from "./hub/hub.ts";
import { createPaths } from "./app/paths.ts";
import { perform } from "./app/perform.ts";
import { missionCounts } from "./app/missionCounts.ts";
import { createRunner } from "./app/runner.ts";
import type { AppPorts } from "./app/appPorts.ts";
import { fileOf, needsYou, snapshotOf, type NeedsYou } from "./app/show.ts";
import type { Stage } from "./app/stage.ts";
import { openPeers } from "./app/peering.ts";
import { everythingStopped } from "./app/stop.ts";
import { hasTeammates } from "./app/table.ts";
import { followTrust } from "./app/trust.ts";
import { followLog } from "./app/views.ts";
import { trustScores, type TrustRow } from "./core/views/trust.ts";
import type { LinePorts, Opening } from "./mission/line.ts";
import type { Outcome } from "./protocol/event.ts";
import type { HubAddress } from "./protocol/hub.ts";
import type { IntentInput } from "./protocol/intent.ts";
import type { MissionDetail, PanelSnapshot, Said } from "./protocol/panel.ts";
import type { PathShown } from "./protocol/panelPath.ts";
import type { HubStatus } from "./protocol/status.ts";
import type { Trace } from "./protocol/trace.ts";
import type { Lifetime, Team } from "./ports.ts";
import type { Branches } from "./ports/git.ts";
import type { PeersDesk } from "./ports/peering.ts";

export type { AppPorts } from "./app/appPorts.ts";
export { callHub } from "./hub/callHub.ts";
export { connectHub, type Message } from "./hub/connectHub.ts";
export { findHub, readDiscovery, type Discovered } from "./hub/discovery.ts";
export type { NeedsYou } from "./app/show.ts";

/** Roundtable without a face: intents in, snapshots out. Both doors hold one of these. */
export interface App extends Lifetime {
  /** Does what the intent says once it is on disk; resolves before the mission ends. `by` names who asked, e.g. `human`. Rejects with a `RoundtableError`. */
  perform(
    intent: IntentInput,
    by: string,
  ): Promise<{ readonly missionId: string | null }>;
  /** What a panel shows; `open` names the mission to show in full, null for none. */
  snapshot(open: string | null): PanelSnapshot;
  /** One mission in full; null when there is none of that id. */
  detail(missionId: string): MissionDetail | null;
  /** Up to 200 lines of the conversation before `before` (a `seq`), oldest first. */
  older(missionId: string, before: number): readonly Said[];
  /** The branches of a repository, for who picks what to review. Rejects with `not-a-repository`. */
  branches(repo: string): Promise<Branches>;
  /** Text of a file before or after the mission's change; empty where it does not exist. */
  fileOf(
    missionId: string,
    side: "before" | "after",
    path: string,
  ): Promise<string>;
  /** Everything that waits for the human, oldest first. */
  needsYou(): readonly NeedsYou[];
  /** Called after facts were added, at most once per turn of the event loop; returns the way to stop. */
  onChange(listener: () => void): () => void;
  /** Words as agents type them; shown, not stored. */
  onTyping(
    listener: (missionId: string, agentId: string, delta: string) => void,
  ): () => void;
  /** The mission's end; rejects with the problem when it stalls. */
  ended(missionId: string, signal: AbortSignal): Promise<Outcome>;
  /** Opens the hub's loopback listener, once. */
  listen(options?: {
    readonly port?: number;
    readonly name?: string;
  }): Promise<HubAddress>;
  /** Goes on with every mission that was running when the last writer ended; with none while everything is stopped. */
  resumeAll(): Promise<readonly string[]>;
  /** Messages that could not be delivered. */
  readonly deadLetters: Hub["deadLetters"];
  /** The way of a mission through the agents, as the panel draws it; of nobody where there is no such mission. */
  path(missionId: string): Promise<PathShown>;
  /** What the hub's `/status` says, whether or not it listens. */
  status(): HubStatus;
  /** The path that the id of a mission, task or message names; undefined where nothing has it. */
  trace(id: string): Promise<Trace | undefined>;
  /** Does what a method about agents (`agents/…`, docs/agents.md) asks. Rejects with `hub-failed`. */
  aboutAgents(method: string, params: unknown): Promise<unknown>;
  /** What outcomes have taught of each agent, with the evidence. */
  trust(): readonly TrustRow[];
  /** Hubs of teammates. */
  readonly peers: PeersDesk;
  /** Where the log is, for people. */
  readonly logPlace: string;
}

/** Puts the rooms together. Nothing listens and nobody sits until the first mission or `listen`. */
export async function createApp(ports: AppPorts): Promise<App> {
  const { log, textLog, settings } = ports;
  const views = followLog(log);
  const trust = followTrust(log);
  const hub: Hub = createHub({
    ...ports,
    name: "roundtable",
    routes: settings.routes,
    peers: { ask: (...asked) => peers.ask(...asked) },
    preferred: (message) => peers.preferred(message),
    peerTopics: settings.peerTopics,
    surroundings: {
      ...ports.monitoring,
      version: ports.version,
      missions: () => missionCounts(views, log),
      trust: () => trustScores(trust.counts()),
      peers: () => peers.seen(),
    },
  });
  const peers = openPeers({
    ...ports,
    name: () => ports.hubName ?? "roundtable",
    ours: hub.peerTable,
    topics: settings.peerTopics,
    stopped: () => views.stopped(),
    seat: () => seatAll(),
    connect: () => hub.connectInProcess(),
    ...(ports.guestRoot !== undefined && {
      missions: {
        team: () => teamThere(new AbortController().signal),
        emptyRoot: ports.guestRoot,
        ...(ports.peerGraceMs !== undefined && { graceMs: ports.peerGraceMs }),
      },
    }),
    ...(ports.peerFiles !== undefined && {
      tasks: {
        ports,
        files: ports.peerFiles,
        team: hub.team,
        seat: () => seatAll(),
        stopped: () => views.stopped(),
        perform: (intent, by) => perform(stage, intent, by),
      },
    }),
  });
  let wasStopped = views.stopped();
  views.onChange(() => {
    if (wasStopped && !views.stopped()) peers.goOn();
    wasStopped = views.stopped();
  });
  const commands = createCommandGate(ports);
  const provider = await ports.defaultProvider();
  let seated: Promise<SeatedTeam> | undefined;

  const seatAll = (): Promise<SeatedTeam> =>
    (seated ??= seatEveryone().catch((error: unknown) => {
      // Who could not sit down now may be able to next time.
      seated = undefined;
      throw error;
    }));

  const seatEveryone = (): Promise<SeatedTeam> =>
    seatTeam(
      {
        ...ports,
        modelsFor: async (missionId) => {
          // Every task passes here before it costs anything, those of outside clients too.
          if (views.stopped()) throw everythingStopped();
          const [first] = log.read({ missionId, limit: 1 });
          return ports.models(
            first?.type === "MissionOpened" ? first.data.model : provider,
          );
        },
        commands,
        chatRoot: ports.root,
        ...(ports.guestRoot && { guestRoot: ports.guestRoot }),
        connect: () => hub.connectInProcess(),
      },
      ports.roles,
      {
        dailyMicroUsd: Math.round(settings.dailyBudgetUsd * 1_000_000),
        budget: {
          microUsd: Math.round(settings.budgetUsd * 1_000_000),
          turnsPerTask: settings.turnsPerTask,
          taskMs: Math.round(settings.minutesPerTask * 60_000),
        },
      },
    );

  /** The team, once everybody of it sits. */
  const teamThere = async (signal: AbortSignal): Promise<Team> => {
    const { agents } = await seatAll();
    await hub.whenSeated(
      agents.map(({ agentId }) => agentId),
      signal,
    );
    return hub.team;
  };

  const runner = createRunner(log, textLog, async (opening, signal) => {
    const team = await teamThere(signal);
    return {
      ...linePorts(
        ports,
        commands,
        hasTeammates(opening.data)
          ? await (await peers.missions()).join(opening, team)
          : team,
        opening,
      ),
      trust: () => trust.counts(),
    };
  });

  const stage: Stage = {
    ports,
    views,
    trust,
    runner,
    ask: async (agentId, work, signal) => {
      await seatAll();
      return hub.team.ask(agentId, work, signal);
    },
    stopTasks: () => hub.stop("Everything was stopped."),
    teammates: () => peers.missions(),
  };

  peers.resume();
  return {
    perform: (intent, by) => perform(stage, intent, by),
    snapshot: (open) => snapshotOf(views, provider, open),
    detail: (missionId) => views.get(missionId)?.detail(500) ?? null,
    older: (missionId, before) =>
      views.get(missionId)?.older(before, 200) ?? [],
    branches: (repo) => ports.git.branches(repo),
    fileOf: (missionId, side, path) =>
      fileOf(views, ports.git, missionId, side, path),
    needsYou: () => needsYou(views),
    onChange: (listener) => views.onChange(listener),
    onTyping: (listener) => hub.onText(listener),
    ended: (missionId, signal) => runner.ended(missionId, signal),
    listen: async (options = {}) => {
      const address = await hub.listen({ ...options, runDir: ports.runDir });
      await seatAll();
      return address;
    },
    resumeAll: async () => {
      if (views.stopped()) return [];
      const open = views.open().map((view) => view.line());
      for (const { missionId } of open)
        await perform(stage, { kind: "resume", missionId }, "hub");
      return open.map(({ missionId }) => missionId);
    },
    deadLetters: hub.deadLetters,
    path: createPaths(log, ports.hash, ports.clock),
    status: () => hub.monitor.status(),
    trace: (id) => hub.monitor.trace(id),
    aboutAgents: (method, params) => hub.aboutAgents(method, params),
    trust: () => trust.rows(),
    peers,
    logPlace: log.place,
    dispose: async () => {
      // Missions first: what they still say reaches teammates.
      await runner.interruptAll();
      await peers.dispose();
      // The hub first: agents that leave afterwards have not failed their tasks, which are taken up again.
      await hub.dispose();
      // A team that could not sit down has nothing to dispose of.
      await (await seated?.catch(() => undefined))?.dispose();
      trust.dispose();
      views.dispose();
    },
  };
}

/** Longest a project check may run, ms. */
const CHECK_MS = 10 * 60_000;

function linePorts(
  ports: AppPorts,
  commands: CommandGate,
  team: LinePorts["team"],
  { missionId }: Opening,
): Omit<LinePorts, "trust"> {
  return {
    ...ports,
    team,
    runCheck: (argv, cwd, signal, limitMs) =>
      commands.run(
        {
          missionId,
          agentId: "hub",
          argv,
          cwd,
          timeoutMs: limitMs ?? CHECK_MS,
          why: `The project's check ${argv.join(" ")} tells whether the change works.`,
        },
        signal,
      ),
  };
}
