import type { PushOptions } from "../hub/push/push.ts";
import type { Surroundings } from "../hub/monitoring/monitor.ts";
import type { RoleFile } from "../protocol/role.ts";
import type { Settings } from "../protocol/settings.ts";
import type {
  CardSigner,
  Chance,
  Clock,
  EventLog,
  EvidenceTools,
  Hash,
  McpTools,
  Models,
  OpenWorkspace,
  RemoteAgents,
  Sandbox,
  TextLog,
} from "../ports.ts";
import type { Git } from "../ports/git.ts";
import type { Mailboxes } from "../ports/mailboxes.ts";
import type { Identities } from "../ports/peering.ts";
import type { HouseRulesAt } from "../ports/rules.ts";

/** Everything outside, as the doors hand it in. */
export interface AppPorts {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly hash: Hash;
  readonly textLog: TextLog;
  /** Signs the agent cards of the hub; without it they are served unsigned. */
  readonly signer?: CardSigner;
  /** The way to A2A servers elsewhere; without it none can join. */
  readonly remoteAgents?: RemoteAgents;
  readonly git: Git;
  readonly evidence: EvidenceTools;
  readonly sandbox: Sandbox;
  readonly openWorkspace: OpenWorkspace;
  readonly mcp: McpTools;
  readonly roles: readonly RoleFile[];
  readonly settings: Settings;
  /** The provider the settings stand for now: `claude`, `vscode` or `none`. */
  readonly defaultProvider: () => Promise<string>;
  /** A provider's models; undefined for `none`. Rejects with `no-model` or `bad-key` when it cannot be used. */
  readonly models: (provider: string) => Promise<Models | undefined>;
  /** Commands that check the project at a commit. */
  readonly findChecks: (
    repo: string,
    commit: string,
  ) => Promise<readonly (readonly string[])[]>;
  readonly houseRules: HouseRulesAt;
  /** Opens the mailboxes, when they are first needed. */
  readonly mailboxes?: () => Promise<Mailboxes>;
  /** Where push notifications may go; nowhere by default. */
  readonly push?: PushOptions;
  /** Identities of hubs, opened when they are first needed; without them there are no teammates. */
  readonly identities?: () => Promise<Identities>;
  /** What this hub calls itself to teammates; `roundtable` when left out. */
  readonly hubName?: string;
  /** Folder for files that cross to teammates' hubs and back; without it no work is delegated. */
  readonly peerFiles?: string;
  /** Makes the empty folder in which agents talk to teammates' hubs. */
  readonly guestRoot?: () => Promise<string>;
  /** How long a teammate's hub may be away while its ballots are awaited, ms; 20 s when left out. */
  readonly peerGraceMs?: number;
  /** Folder for the discovery file. */
  readonly runDir: string;
  /** Folder questions from outside may read; undefined where none is open. */
  readonly root: string | undefined;
  readonly version: string;
  /** What the hub's monitor gets from outside: how metrics are written, where spans go, how long commits take. */
  readonly monitoring?: Pick<Surroundings, "expose" | "traces" | "onCommit">;
}
