import * as vscode from "vscode";
import type { App, NeedsYou } from "../app.ts";
import type { MissionDetail } from "../protocol/panel.ts";
import { complain } from "./complain.ts";
import type { Conversation } from "./conversation.ts";
import type { Room } from "./room.ts";
import { verdictsOn } from "./ruling.ts";

/** Something to tell the human: what, and what a press on a button does. */
interface Notice {
  readonly id: string;
  readonly text: string;
  readonly actions: Readonly<Record<string, () => Thenable<unknown>>>;
}

/** Notifies when the human is needed and is not looking at the panel: one notification at a time, each need once. */
export function watchNeeds(
  room: Room,
  conversation: Conversation,
): vscode.Disposable {
  const told = new Set<string>();
  let showing = false;

  const look = (): void => {
    const app = room.peek();
    if (app === undefined) return;
    const open = notices(app);
    if (conversation.visible() && vscode.window.state.focused) {
      for (const { id } of open) told.add(id);
      return;
    }
    const next = open.find(({ id }) => !told.has(id));
    if (next === undefined || showing) return;
    told.add(next.id);
    showing = true;
    tell(next)
      .catch(complain)
      .finally(() => {
        showing = false;
        look();
      });
  };

  return room.onChange(look);
}

async function tell({ text, actions }: Notice): Promise<void> {
  const picked = await vscode.window.showInformationMessage(
    text,
    ...Object.keys(actions),
  );
  await actions[picked ?? ""]?.();
}

function notices(app: App): readonly Notice[] {
  const stalled = app
    .snapshot(null)
    .missions.filter(
      ({ status, sharedBy }) => status === "stalled" && sharedBy === undefined,
    )
    .flatMap(({ missionId }) => app.detail(missionId) ?? []);
  return [
    ...app
      .needsYou()
      .map((need) =>
        need.kind === "ruling" ? onRuling(need) : onPermission(app, need),
      ),
    ...stalled.flatMap((mission) => onStall(mission)),
  ];
}

function onRuling({ card }: Extract<NeedsYou, { kind: "ruling" }>): Notice {
  const { missionId, decisionId } = card;
  return {
    id: `${missionId}/${decisionId}`,
    text: `${card.asks ?? card.title} ${card.because}`,
    actions: {
      ...(verdictsOn(card).includes("approve") && {
        Approve: () => run("roundtable.approve", missionId, decisionId),
      }),
      Show: () => run("roundtable.showConversation", missionId),
    },
  };
}

function onPermission(
  app: App,
  { card }: Extract<NeedsYou, { kind: "permission" }>,
): Notice {
  const { missionId, permissionId, agentId, subject, why } = card;
  const permit = (answer: "once" | "mission" | "no") => () =>
    app.perform({ kind: "permit", missionId, permissionId, answer }, "human");
  return {
    id: `${missionId}/${permissionId}`,
    text: `${agentId} asks to run: ${spoken(subject)}. ${why}`,
    actions: {
      "Allow Once": permit("once"),
      "Allow for This Mission": permit("mission"),
      "Don't Allow": permit("no"),
      Show: () => run("roundtable.showConversation", missionId),
    },
  };
}

function onStall({
  missionId,
  problem,
  said,
}: MissionDetail): readonly Notice[] {
  // What the human did is no news to them.
  if (problem === null || problem.code === "stopped") return [];
  return [
    {
      id: `${missionId}/stalled/${String(said.total)}`,
      text: `${problem.message} ${problem.next}`,
      actions: {
        Resume: () => run("roundtable.resumeMission", missionId),
        Show: () => run("roundtable.showConversation", missionId),
      },
    },
  ];
}

/** A command's argument vector as one line; what is none stays as it is. */
function spoken(subject: string): string {
  try {
    const parsed: unknown = JSON.parse(subject);
    return Array.isArray(parsed) ? parsed.join(" ") : subject;
  } catch {
    return subject;
  }
}

function run(command: string, ...args: readonly string[]): Thenable<unknown> {
  return vscode.commands.executeCommand(command, ...args);
}
