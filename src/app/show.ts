import type { Git } from "../ports/git.ts";
import type {
  DecisionCard,
  PanelSnapshot,
  PermissionCard,
} from "../protocol/panel.ts";
import type { Views } from "./views.ts";

/** Something only the human can answer. */
export type NeedsYou =
  | { readonly kind: "ruling"; readonly card: DecisionCard }
  | { readonly kind: "permission"; readonly card: PermissionCard };

/** Lines of the conversation in a snapshot; the page asks for older ones. */
const TAIL = 200;
/** Missions in a snapshot. */
const MISSIONS = 50;

/** What a panel shows now. */
export function snapshotOf(
  views: Views,
  provider: string,
  open: string | null,
): PanelSnapshot {
  return {
    seq: views.seq(),
    provider: {
      name: provider,
      ready: provider !== "none",
      note:
        provider === "none" ? "To plan and build, the team needs a model." : "",
    },
    workspace: { ready: true, note: "" },
    stopped: views.stopped(),
    missions: views.lines(MISSIONS),
    open: (open === null ? undefined : views.get(open))?.detail(TAIL) ?? null,
  };
}

/** Everything that waits for the human, oldest mission first. */
export function needsYou(views: Views): readonly NeedsYou[] {
  return views
    .open()
    .toReversed()
    .filter((view) => view.line().status === "waiting")
    .flatMap((view): readonly NeedsYou[] => {
      const { decisions, permissions } = view.detail(0);
      return [
        ...permissions.map((card) => ({ kind: "permission", card }) as const),
        ...decisions
          .filter(({ asks }) => asks !== null)
          .map((card) => ({ kind: "ruling", card }) as const),
      ];
    });
}

/** Text of a file before or after the mission's change; empty where it does not exist. */
export async function fileOf(
  views: Views,
  git: Git,
  missionId: string,
  side: "before" | "after",
  path: string,
): Promise<string> {
  const mission = views.get(missionId)?.detail(0);
  // A teammate's mission names trees that are not here.
  if (mission?.change == null || mission.sharedBy !== undefined) return "";
  const { baseTree, tree } = mission.change;
  const text = await git.show(
    mission.repoRoot,
    side === "before" ? baseTree : tree,
    path,
  );
  return text ?? "";
}
