import type { IntentInput } from "./protocol/intent.ts";
import type { HubAddress } from "./protocol/hub.ts";
import type { Outcome } from "./protocol/event.ts";
import type {
  DecisionCard,
  MissionDetail,
  PanelSnapshot,
  PermissionCard,
  Said,
} from "./protocol/panel.ts";
import type { Lifetime } from "./ports.ts";

/** Something only the human can answer. */
export type NeedsYou =
  | { readonly kind: "ruling"; readonly card: DecisionCard }
  | { readonly kind: "permission"; readonly card: PermissionCard };

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
  /** Goes on with every mission that was running when the last writer ended. */
  resumeAll(): Promise<readonly string[]>;
  /** Where the log is, for people. */
  readonly logPlace: string;
}
