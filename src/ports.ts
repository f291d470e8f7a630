/** What the app needs from the world, on one screen. Each port has one contract suite in `test/contract`, run on every implementation. */
import type { JsonObject } from "./core/json.ts";
import type { TaskFact } from "./core/taskFact.ts";
import type { TaskState } from "./protocol/a2a.ts";
import type { AgentCard } from "./protocol/a2a.ts";
import type { ChangeReader } from "./ports/changeReader.ts";
import type { Ballot, Evidence } from "./protocol/consensus.ts";
import type {
  ChangeSet,
  DraftOf,
  Draft,
  EventType,
  Recorded,
  RecordedOf,
} from "./protocol/event.ts";
import type { Answer, AnswerOf, Work } from "./protocol/work.ts";

/** Something with an end; disposing twice is safe. Whoever creates it, disposes it. */
export interface Lifetime {
  dispose(): Promise<void>;
}

/** Time, as an argument. */
export interface Clock {
  /** ms since 1970. */
  now(): number;
  /** Resolves after `ms`, rejects with the signal's reason when it is aborted first. */
  after(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Chance, as an argument. */
export interface Chance {
  /** 26 lower-case characters, sortable by time, unguessable. */
  id(): string;
  /** A whole number from 0 to 2^31 − 1. */
  seed(): number;
}

/** SHA-256 of UTF-8 text, lower-case hex. */
export type Hash = (text: string) => string;

/** For people: structured, redacted. Facts go to the {@link EventLog}. */
export interface TextLog {
  info(message: string, fields?: JsonObject): void;
  warn(message: string, fields?: JsonObject): void;
  error(message: string, fields?: JsonObject): void;
}

/** Which tasks are asked for; what is left out does not matter. */
export interface TaskQuery {
  /** The id of the agent that works on it, or what it was addressed to. */
  readonly address?: string | undefined;
  readonly from?: string | undefined;
  readonly contextId?: string | undefined;
  readonly state?: TaskState | undefined;
  /** Changed state after this time, ms since 1970. */
  readonly changedAfter?: number | undefined;
  /** Changed state before this place in the log. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** What is known of a mission without reading its events. */
export interface MissionFact {
  readonly missionId: string;
  readonly openedSeq: number;
  /** Place of its last event. */
  readonly lastSeq: number;
  readonly isClosed: boolean;
}

/** Append-only, hash-chained per mission, one fenced writer. */
export interface EventLog extends Lifetime {
  /** Resolves once the event is committed and fsynced. A draft whose `key` the mission already holds is not stored: the first one is returned. Rejects with `log-full`, `log-fenced` or `log-closed`; then nothing was stored. */
  append<T extends EventType>(draft: DraftOf<T>): Promise<RecordedOf<T>>;
  /** Like {@link append} for several events, all or none, adjacent. */
  appendAll(drafts: readonly Draft[]): Promise<readonly Recorded[]>;
  /** Events after `after` (0 = from the start) in order, at most `limit` (default 1,000). Without `missionId` of the whole log; with `taskId` those that make up that task; with `types` those only. */
  read(query: {
    readonly missionId?: string;
    readonly taskId?: string;
    readonly types?: readonly EventType[];
    readonly after?: number;
    readonly limit?: number;
  }): readonly Recorded[];
  /** All events of one mission, in order. */
  mission(missionId: string): readonly Recorded[];
  /** The event stored under a key, if any. */
  find(missionId: string, key: string): Recorded | undefined;
  /** The last event of the mission that is of one of the types, if any. */
  last(missionId: string, types: readonly EventType[]): Recorded | undefined;
  /** How a task stands, without reading its events; undefined when there is none. */
  task(taskId: string): TaskFact | undefined;
  /** A page of the tasks that fit, the latest change of state first. */
  tasks(query: TaskQuery): {
    readonly tasks: readonly TaskFact[];
    /** How many fit on all pages. */
    readonly total: number;
  };
  /** Missions that were opened, newest first, at most `limit`; opened before the place `before`, and, with `open`, not closed yet. */
  opened(query: {
    readonly limit: number;
    readonly before?: number;
    readonly open?: boolean;
  }): readonly MissionFact[];
  /** How many missions are not closed, and of those that are how many ended in which way. */
  missionCounts(): {
    readonly open: number;
    readonly closed: Readonly<Record<string, number>>;
  };
  /** What was kept under a name, made of the events up to `seq`. A saving of time, never the truth: it may be gone or out of date. */
  snapshot(
    kind: string,
    key: string,
  ): { readonly seq: number; readonly body: unknown } | undefined;
  /** Keeps JSON under a name, for as long as nothing is in the way. Never throws. */
  keepSnapshot(kind: string, key: string, seq: number, body: unknown): void;
  /** The first event of that type in the mission that `match` accepts, stored already or later; rejects with the signal's reason when aborted, with `log-closed` when the log ends. */
  waitFor<T extends EventType>(
    missionId: string,
    type: T,
    match: (event: RecordedOf<T>) => boolean,
    signal: AbortSignal,
  ): Promise<RecordedOf<T>>;
  /** Ids of all missions, oldest first. */
  missions(): readonly string[];
  /** Position of the last stored event; 0 when empty. */
  head(): number;
  /** Called after each commit, in order; returns the way to stop. A listener that throws does not stop the others. */
  subscribe(listener: (events: readonly Recorded[]) => void): () => void;
  /** Checks every hash; returns the first broken event of each mission. */
  verify(): readonly { readonly missionId: string; readonly seq: number }[];
  /** Where it is stored, for people. */
  readonly place: string;
  readonly epoch: number;
}

/** Signs agent cards with this hub's own key. */
export interface CardSigner {
  /** A detached JWS (RFC 7515) over UTF-8 text; the protected header holds `alg`, `kid` and `typ: "JOSE"`. */
  sign(payload: string): {
    readonly protected: string;
    readonly signature: string;
  };
  /** JSON Web Keys (RFC 7517) that verify what it signs. */
  readonly publicKeys: readonly JsonObject[];
}

/** A two-way channel of text frames, in order; the hub cannot tell a socket from a linked pair in memory. */
export interface Transport {
  /** Sends one frame; frames sent after the end are dropped. */
  send(frame: string): void;
  /** Frames that came before the listener was set are kept for it. */
  onFrame(listener: (frame: string) => void): void;
  onClose(listener: (why: string) => void): void;
  close(why: string): void;
  /** Resolves when little of what was sent still waits for the other side, or when it is gone; left out where nothing waits. */
  readonly drained?: () => Promise<void>;
}

/** An A2A server elsewhere, as the user linked it. */
export interface RemoteLink {
  /** The id it has at this hub. */
  readonly agentId: string;
  readonly role: string;
  /** https, or http on this machine. */
  readonly cardUrl: string;
  /** Where its bearer token is kept: `env:NAME` or `secret:NAME`. */
  readonly tokenFrom?: string | undefined;
  /** Public key (JWK as JSON) that must have signed its card. */
  readonly cardKey?: string | undefined;
}

/** A seat of a server elsewhere; disposing lets it leave. */
export interface RemoteSeat extends Lifetime {
  /** Resolves when the seat is no more, with why. */
  readonly ended: Promise<string>;
}

/** A2A servers elsewhere. Both reject with `remote-agent-failed`. */
export interface RemoteAgents {
  /** Fetches a card, at most 256 KiB of JSON, as it is: nothing in it has been checked. */
  card(
    link: Pick<RemoteLink, "cardUrl" | "tokenFrom">,
    signal: AbortSignal,
  ): Promise<unknown>;
  /** Seats a server at the hub behind `transport`, with a card that was checked: what it is given there is done over A2A. */
  seat(
    link: RemoteLink,
    card: AgentCard,
    transport: Transport,
  ): Promise<RemoteSeat>;
}

/** A member of the team as the mission sees it. */
export interface Seat {
  readonly agentId: string;
  readonly role: string;
  readonly name: string;
  readonly lineage: string;
  readonly hub: string;
  readonly weight: number;
}

/** A "no" of an agent is a value. */
export type Reply<A extends Answer = Answer> =
  | { readonly ok: true; readonly answer: A; readonly lineage: string }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** Who works, wherever they sit. */
export interface Team {
  seats(): readonly Seat[];
  /** Whether the agent's answer to the work of this key is in the log, so that asking again would not let it work again. */
  answered(agentId: string, missionId: string, key: string): boolean;
  /** Gives work to one agent and waits for its end. The same `work.key` of a mission is the same task: what is already answered is returned from the log. Rejects only when aborted or when the hub is gone. */
  ask<W extends Work>(
    agentId: string,
    work: W,
    signal: AbortSignal,
  ): Promise<Reply<AnswerOf<W["kind"]>>>;
  /** Ballots of electors of other hubs that said two different things in a decision, all of them, as far as they came; none where left out. */
  readonly doubled?: (
    missionId: string,
    decisionId: string,
  ) => readonly Ballot[];
}

/** A tool as a model sees it. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
}

export type Block =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "toolUse";
      readonly id: string;
      readonly name: string;
      readonly input: unknown;
    }
  | {
      readonly type: "toolResult";
      readonly toolUseId: string;
      readonly text: string;
      readonly isError: boolean;
    };

export interface ModelMessage {
  readonly role: "user" | "assistant";
  readonly content: readonly Block[];
  /** What the provider wants to see again unchanged (thinking blocks and the like); opaque. */
  readonly opaque?: unknown;
}

/** Strong for plans and verification, middle for work and review, cheap for triage. */
export type Tier = "strong" | "middle" | "cheap";

export interface ModelRequest {
  /** Identical for all agents of a mission, so that it is cached once. */
  readonly shared: string;
  readonly tier: Tier;
  readonly tools: readonly ToolSpec[];
  readonly messages: readonly ModelMessage[];
  readonly maxTokens: number;
  /** Names a tool the model must call, for structured answers. */
  readonly mustCall?: string;
}

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

export interface ModelTurn {
  readonly message: ModelMessage;
  readonly stop:
    "end" | "toolUse" | "maxTokens" | "pause" | "refusal" | "contextFull";
  readonly model: string;
  readonly usage: Usage;
  readonly microUsd: number;
}

/** A family of models behind one key. */
export interface Models {
  /** `claude`, `rehearsal`, `vscode`, … */
  readonly provider: string;
  /** The model a tier stands for now: model and version. */
  lineage(tier: Tier, signal: AbortSignal): Promise<string>;
  /** Most that `request` can cost, micro-dollars. */
  worstCase(request: ModelRequest, signal: AbortSignal): Promise<number>;
  /** One turn. `onText` gets the text as it streams, and where the provider says that an answer begins, first an empty piece. Rejects with `bad-key`, `model-timeout`, `model-overloaded`, `model-unreachable`, `model-failed`; a refusal is a value. */
  turn(
    request: ModelRequest,
    signal: AbortSignal,
    onText: (delta: string) => void,
  ): Promise<ModelTurn>;
}

/** Files below one root and nowhere else: links are resolved before the comparison. */
export interface Workspace {
  readonly root: string;
  read(path: string): Promise<string>;
  /** Creates parent folders. Rejects with `path-denied` for protected paths, links that lead out, and everything outside the root. */
  write(path: string, text: string): Promise<void>;
  /** Like {@link write}, for a file that must not be there yet: rejects with `tool-failed` when it is, and never changes it. */
  create(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
  list(glob: string): Promise<readonly string[]>;
  search(
    pattern: string,
    glob: string,
  ): Promise<
    readonly {
      readonly path: string;
      readonly line: number;
      readonly text: string;
    }[]
  >;
}

/** Opens a root; `writable: false` denies every write. */
export type OpenWorkspace = (
  root: string,
  options: { readonly writable: boolean },
) => Workspace;

/** Tools of MCP servers, named `server/tool`. */
export interface McpTools extends Lifetime {
  list(signal: AbortSignal): Promise<
    readonly (ToolSpec & {
      readonly server: string;
      readonly definitionHash: string;
    })[]
  >;
  call(
    name: string,
    input: unknown,
    signal: AbortSignal,
  ): Promise<{ readonly ok: boolean; readonly text: string }>;
  /** Servers that could not be used, with why. */
  problems(): readonly { readonly server: string; readonly message: string }[];
}

export interface CommandResult {
  readonly exitCode: number | null;
  readonly output: string;
  readonly timedOut: boolean;
  readonly sandboxed: boolean;
  readonly durationMs: number;
}

/** Runs commands; knows whether it can hold them. */
export interface Sandbox {
  /** Probed once by really running something inside. */
  status(): Promise<
    | { readonly holds: true; readonly kind: string }
    | { readonly holds: false; readonly why: string }
  >;
  /** Runs `argv` in `cwd` without a shell, with a clean environment. Inside the sandbox when it holds (network off, writes only below `cwd`), else plainly: asking first is the caller's duty. Kills the whole process group on timeout and abort. */
  run(
    command: {
      readonly argv: readonly string[];
      readonly cwd: string;
      readonly timeoutMs: number;
      /** True for work of a peer: of the machine's files it reads only those of the system and of its folder. */
      readonly apart?: boolean;
    },
    signal: AbortSignal,
  ): Promise<CommandResult>;
}

/** What deterministic tools look at. */
export interface EvidenceInput {
  readonly repo: string;
  /** Folder with the changed state, for tools that run things. */
  readonly dir: string;
  readonly change: ChangeSet;
  readonly diff: string;
  readonly checks: readonly (readonly string[])[];
  /** Reads both states; without it tools know no more than the diff. */
  readonly reader?: ChangeReader;
  /** A folder with the state before, made when first asked for; for tools that run things on both. */
  readonly baseDir?: () => Promise<string>;
  /** Most time all tools together may take, s; as they were opened with when left out. */
  readonly seconds?: number;
}

/** Runs a command if the gate lets it; undefined when it was not allowed. It has ten minutes, or `limitMs`, from its start: waiting for a person does not count. */
export type RunCheck = (
  argv: readonly string[],
  cwd: string,
  signal: AbortSignal,
  limitMs?: number,
) => Promise<CommandResult | undefined>;

/** Facts about a change, without a model. */
export interface EvidenceTools {
  gather(
    input: EvidenceInput,
    run: RunCheck,
    signal: AbortSignal,
  ): Promise<readonly Evidence[]>;
}
