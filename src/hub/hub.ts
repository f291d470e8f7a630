import type {
  CardSigner,
  Chance,
  Clock,
  EventLog,
  Hash,
  Lifetime,
  RemoteAgents,
  Team,
  TextLog,
  Transport,
} from "../ports.ts";
import type { Mailboxes } from "../ports/mailboxes.ts";
import type { PeersDesk, PeerTable } from "../ports/peering.ts";
import type { Message } from "../protocol/a2a.ts";
import type { HubAddress } from "../protocol/hub.ts";
import type { AgentRoute } from "../protocol/settings.ts";
import type { TextListener } from "./agentPort.ts";
import { createAgentPort } from "./agentPort.ts";
import { createCards } from "./cards.ts";
import { createDelivery } from "./delivery/createDelivery.ts";
import { answerDeadLetters } from "./delivery/deadLetterMethods.ts";
import type { DeadLetters } from "./delivery/deadLetters.ts";
import { deadLettersOf } from "./delivery/deadLetters.ts";
import { prepareDiscovery, writeDiscovery } from "./discovery.ts";
import { createExecution } from "./execution.ts";
import { createHandler } from "./handler.ts";
import { createHttp } from "./http.ts";
import { createCircuits } from "./circuits.ts";
import { createDispatch } from "./jsonRpc.ts";
import { createLinkedPair } from "./linked.ts";
import { createOutside } from "./outside/outside.ts";
import { createMessaging } from "./messaging/messaging.ts";
import {
  openMonitor,
  type Monitor,
  type Surroundings,
} from "./monitoring/monitor.ts";
import { observeDispatch } from "./monitoring/observeDispatch.ts";
import { answerPeers } from "./peers/peerMethods.ts";
import { openPeerTable } from "./peers/peerTable.ts";
import { hubClosed } from "./problems.ts";
import { createPushOperations } from "./push/operations.ts";
import type { PushCounts, PushOptions } from "./push/push.ts";
import { createPush } from "./push/push.ts";
import { createRate } from "./rate.ts";
import { createRegistry } from "./registry.ts";
import { createRouting } from "./routing.ts";
import { LOOPBACK, startServer, WS_PATH } from "./server.ts";
import { createSessions } from "./session.ts";
import { HUB_CLOSED, socketTransport } from "./socket.ts";
import { createUpdates } from "./stream.ts";
import { createSubmit } from "./submit.ts";
import { createTakeover } from "./takeover.ts";
import { foldTasks } from "./tasks.ts";
import { createTeam } from "./team.ts";
import { createToken } from "./token.ts";

/** Requests of all clients together. */
const RATE = { perSecond: 2000, burst: 5000 };

/** Where agents meet: in this process over a linked pair, and over a loopback listener once asked to listen. */
export interface Hub extends Lifetime {
  /** What the hub tells of itself. */
  readonly monitor: Pick<Monitor, "status" | "trace">;
  readonly team: Team;
  /** Messages that could not be delivered. */
  readonly deadLetters: DeadLetters;
  /** The agent's end of a new channel to this hub; frames as in `protocol/hub.ts`. */
  connectInProcess(): Transport;
  /** Opens the listener on 127.0.0.1, once: later calls get the same address. Rejects with `hub-failed`; then it may be tried again. */
  listen(options: {
    /** 0 or left out: a free one. */
    readonly port?: number;
    readonly name?: string;
    /** Folder for the discovery file, made with mode 0700. */
    readonly runDir: string;
  }): Promise<HubAddress>;
  /** Words as agents type them: shown, not stored. Returns the way to stop. */
  onText(listener: TextListener): () => void;
  /** Resolves once all of them sit; rejects with the signal's reason. */
  whenSeated(agentIds: readonly string[], signal: AbortSignal): Promise<void>;
  /** What became of push notifications since the hub was made. */
  pushCounts(): PushCounts;
  /** Does what a method about agents (`agents/…`) asks, for the owner in this process. Rejects with `hub-failed`. */
  aboutAgents(method: string, params: unknown): Promise<unknown>;
  /** Cancels every running task; resolves within 5 s, once the ends are stored. */
  stop(why: string): Promise<void>;
  /** What teammates' hubs can reach here. */
  readonly peerTable: PeerTable;
}

/** Makes a hub over an event log. It opens nothing by itself and does not own the log: dispose the hub first. */
export function createHub(deps: {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly hash: Hash;
  readonly textLog: TextLog;
  readonly name: string;
  /** Who gets what is addressed to a role or a skill; without rules the least loaded that fits. */
  readonly routes?: readonly AgentRoute[];
  /** Who gets a message that names no agent; the first that sat down where it says nobody. */
  readonly preferred?: (message: Message) => string | undefined;
  /** The way to A2A servers elsewhere; without it none can join. */
  readonly remoteAgents?: RemoteAgents;
  /** Opens what keeps durable messages, when it is first needed; without it they are refused. The hub closes it. */
  readonly mailboxes?: () => Promise<Mailboxes>;
  /** Signs the cards; without it they are served unsigned. */
  readonly signer?: CardSigner;
  /** Where push notifications may go; nowhere by default. */
  readonly push?: PushOptions;
  /** What is known outside and shown with the hub. */
  readonly surroundings?: Surroundings;
  /** What it calls itself to teammates; as it listens when left out. */
  readonly hubName?: string;
  /** Answers the owner's methods about teammates' hubs; without it there are none. */
  readonly peers?: Pick<PeersDesk, "ask">;
  /** Topics that are shared with teammates' hubs, as patterns; none when left out. */
  readonly peerTopics?: readonly string[];
}): Hub {
  const { log, clock, textLog } = deps;
  let address: HubAddress | undefined;
  let listening: Promise<HubAddress> | undefined;
  let disposed: Promise<void> | undefined;
  /** What `listen` opened, to be undone in reverse. */
  const opened: (() => Promise<void>)[] = [];

  const tasks = foldTasks(log);
  const registry = createRegistry(log, clock, textLog);
  const circuits = createCircuits(clock);
  const { routes = [] } = deps;
  const routing = createRouting({ registry, circuits, routes });
  const takeover = createTakeover({ registry, routing });
  const working = { ...deps, registry, tasks, circuits, routing, takeover };
  const execution = createExecution(working);
  const submit = createSubmit({ ...working, execution });
  const updates = createUpdates(log, tasks);
  const push = createPush({
    ...deps,
    tasks,
    updates,
    options: deps.push ?? { targets: [], file: "" },
  });
  const handler = createHandler({ tasks, updates, push, execution, submit });
  const pushOperations = createPushOperations({ ...deps, push, tasks });
  const cards = createCards(
    registry,
    deps.name,
    () => address,
    deps.signer,
    push.isOn,
  );
  const monitor = openMonitor(deps, {
    name: () => address?.name ?? deps.name,
    agents: () =>
      registry.all().map((sitting) => ({
        ...sitting,
        ...sitting.presence,
        waiting: circuits.workload(sitting).waiting,
        circuit: circuits.state(sitting.agentId),
      })),
    runningTasks: () => execution.running().length,
    sessions: () => sessions.count(),
    envelopes: () => ({ ...messaging.counts }),
    mail: () => delivery?.stats(),
    pushes: () => {
      const { configs: _, ...counts } = push.counts();
      return counts;
    },
  });
  const a2a = observeDispatch(
    createDispatch(handler, cards, pushOperations),
    monitor,
  );
  const delivery =
    deps.mailboxes && createDelivery({ ...deps, open: deps.mailboxes });
  const deadLetters = deadLettersOf(delivery);
  const messaging = createMessaging({
    ...deps,
    ...(delivery && { delivery }),
    registry,
    findAgent: (recipient, exclude) =>
      routing.find(recipient, exclude)?.agentId,
  });
  const agentPort = createAgentPort({ registry, execution, textLog });
  const outside = createOutside({
    ...working,
    execution,
    sessions: () => sessions,
    publish: (topic, payload) => {
      messaging
        .send({ to: `topic:${topic}` }, payload)
        .catch((error: unknown) => {
          textLog.warn("a topic could not be told", { why: String(error) });
        });
    },
    connect: connectInProcess,
    wsUrl: () => address?.wsUrl ?? "",
  });
  const dispatch = outside.before(
    answerPeers(deps.peers, answerDeadLetters(deadLetters, a2a)),
  );
  const [cardKey] = deps.signer?.publicKeys ?? [];
  const peerTable = openPeerTable({
    ...working,
    name: () => deps.hubName ?? address?.name ?? deps.name,
    version: deps.surroundings?.version ?? "",
    cards,
    cardKey: cardKey && JSON.stringify(cardKey),
    submit,
    handler,
    execution,
    messaging,
    connect: connectInProcess,
    topics: deps.peerTopics ?? [],
    elsewhere: () => outside.linked(),
  });
  const sessions = createSessions({
    agentPort,
    dispatch,
    isGood: (identity) => outside.isGood(identity),
    messaging,
    textLog,
  });
  const team = createTeam({
    ...deps,
    registry,
    tasks,
    execution,
    submit,
    handler,
  });

  function connectInProcess(): Transport {
    const [ours, theirs] = createLinkedPair();
    if (disposed === undefined) sessions.open(ours, "inProcess");
    else ours.close(HUB_CLOSED);
    return theirs;
  }

  async function close(): Promise<void> {
    await push.close();
    // The execution first: agents that go away now have not failed their tasks.
    await execution.close();
    await outside.close();
    peerTable.close();
    tasks.lose(hubClosed());
    // Before the sessions: nobody has gone away, and who waits for an acknowledgement still gets it.
    await delivery?.dispose();
    await sessions.close(HUB_CLOSED);
    for (const undo of opened.splice(0).reverse()) await undo();
    messaging.close();
    tasks.stop();
    monitor.dispose();
  }

  async function open(
    options: Parameters<Hub["listen"]>[0],
  ): Promise<HubAddress> {
    const token = createToken();
    await delivery?.ready();
    messaging.restore();
    const http = createHttp({ ...deps, cards, dispatch, monitor });
    const tokenFile = await prepareDiscovery(options.runDir);
    const server = await startServer(
      { host: LOOPBACK, port: options.port ?? 0 },
      {
        accepts: (authorization) =>
          token.accepts(authorization) ?? outside.accepts(authorization),
        takes: createRate(clock, RATE),
      },
      {
        request: http,
        socket: (webSocket, request, identity, duplex) => {
          const version = request.headers["a2a-version"];
          const socket = socketTransport(webSocket, duplex, messaging.wires);
          sessions.open(socket, "webSocket", {
            identity,
            socket,
            ...(typeof version === "string" ? { version } : {}),
          });
        },
      },
      { clock, textLog, metrics: monitor.metrics },
    );
    opened.push(() => server.close());
    monitor.watch();
    const place = `${LOOPBACK}:${String(server.port)}`;
    const next: HubAddress = {
      name: options.name ?? deps.name,
      url: `http://${place}`,
      wsUrl: `ws://${place}${WS_PATH}`,
      tokenFile,
      pid: process.pid,
    };
    opened.push(await writeDiscovery(next, token.token));
    await push.start();
    address = next;
    textLog.info("the hub listens", { url: next.url, file: tokenFile });
    outside.start();
    return next;
  }

  return {
    monitor,
    deadLetters,
    team,
    connectInProcess,
    listen(options) {
      if (disposed !== undefined) return Promise.reject(hubClosed());
      listening ??= open(options).catch(async (error: unknown) => {
        listening = undefined;
        for (const undo of opened.splice(0).reverse()) await undo();
        throw error;
      });
      return listening;
    },
    peerTable,
    onText: (listener) => agentPort.onText(listener),
    whenSeated: (agentIds, signal) => registry.whenSeated(agentIds, signal),
    pushCounts: () => push.counts(),
    aboutAgents: (method, params) => outside.ask(method, params),
    async stop(why) {
      const running = execution.running();
      textLog.info("all tasks are canceled", { why, tasks: running.length });
      await Promise.all(running.map((taskId) => execution.cancel(taskId)));
    },
    dispose() {
      // A listener that is just opening is let through first, so that it is closed too.
      disposed ??= Promise.resolve(listening)
        .catch(() => undefined)
        .then(close);
      return disposed;
    },
  };
}
