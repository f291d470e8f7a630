/** Delegated work as this app does it: its developers work, its ordinary review looks at what comes back. */
import { openBlobs } from "../peering/blobs/blobs.ts";
import type { PeeringTable } from "../peering/rooms.ts";
import { openTasks } from "../peering/tasks/tasks.ts";
import type { Lifetime, Team } from "../ports.ts";
import type { IntentInput } from "../protocol/intent.ts";
import type { AppPorts } from "./appPorts.ts";

/** What delegated work needs of the app. */
export interface TaskParts {
  readonly ports: AppPorts;
  /** Folder for the files that cross. */
  readonly files: string;
  readonly team: Team;
  /** Lets everybody sit down. */
  readonly seat: () => Promise<unknown>;
  readonly stopped: () => boolean;
  readonly perform: (
    intent: IntentInput,
    by: string,
  ) => Promise<{ readonly missionId: string | null }>;
}

/** Newest missions among which the review of a branch is looked for. */
const LOOK_BACK = 200;

/** Takes part in delegated work from now on. */
export async function openPeerTasks(
  parts: TaskParts,
  table: PeeringTable,
): Promise<Lifetime> {
  const { ports, team, seat, stopped } = parts;
  const { settings, roles, findChecks } = ports;
  const blobs = openBlobs({
    wire: table,
    dir: parts.files,
    clock: ports.clock,
    textLog: ports.textLog,
  });
  const tasks = await openTasks({
    ...ports,
    table,
    blobs,
    stopped,
    checksOf: async (repo, commit) =>
      settings.checks.length > 0 ? settings.checks : findChecks(repo, commit),
    async implement(work, signal) {
      await seat();
      // Of ours only: what was linked from elsewhere has no way to the clone's files.
      const developer = roles.find(({ role }) => role === "developer");
      return developer === undefined
        ? {
            ok: false,
            code: "agent-missing",
            message: "Nobody at the table has the role developer.",
          }
        : team.ask(developer.id, work, signal);
    },
    async review({ repo, base, branch, goal }) {
      const known = reviewOf(ports, branch);
      if (known !== undefined) return known;
      const { missionId } = await parts.perform(
        {
          kind: "review",
          goal,
          repo,
          scope: { kind: "branch", base, head: branch },
        },
        "hub",
      );
      return missionId ?? "";
    },
  });
  return {
    async dispose() {
      await tasks.dispose();
      blobs.dispose();
    },
  };
}

/** The mission that reviews the branch, of before a crash. */
function reviewOf(
  { log }: Pick<AppPorts, "log">,
  branch: string,
): string | undefined {
  return log.opened({ limit: LOOK_BACK }).find(({ missionId }) => {
    const [first] = log.read({ missionId, limit: 1 });
    return (
      first?.type === "MissionOpened" &&
      first.data.scope?.kind === "branch" &&
      first.data.scope.head === branch
    );
  })?.missionId;
}
