import * as vscode from "vscode";
import type { App } from "../app.ts";
import type { TextLog } from "../ports.ts";
import type { Conversation } from "./conversation.ts";
import { lookAfterDeadLetters } from "./deadLetters.ts";
import {
  applyFix,
  askWhy,
  dismissFinding,
  reviewAgain,
  type FindingTools,
} from "./findingsActions.ts";
import { askFor, chooseModel, pickRoot } from "./dialogs.ts";
import { openChange, planUri, STATUS_URI } from "./documents.ts";
import {
  backUpLog,
  checkLog,
  exportLog,
  importLog,
  replayMission,
} from "./logCommands.ts";
import { pickMission } from "./missions.ts";
import type { Behind, Room } from "./room.ts";
import { addServer, inviteAgent, removeAgent } from "./outsideAgents.ts";
import { saveDecisionRecord } from "./records.ts";
import { showRules } from "./rules.ts";
import { ruleOn } from "./ruling.ts";
import { pickScope } from "./reviewsScope.ts";
import { orComplain } from "./complain.ts";
import type { ApiKey } from "./secrets.ts";
import type { Peers } from "./peers.ts";
import type { PeerCommandName } from "./peersCommands.ts";
import { voters } from "./peersWords.ts";

/** What commands act on. */
export interface Tools {
  readonly context: vscode.ExtensionContext;
  readonly room: Room;
  readonly conversation: Conversation;
  readonly behind: Behind;
  readonly key: ApiKey;
  readonly channel: vscode.LogOutputChannel;
  readonly textLog: TextLog;
  readonly findings: FindingTools;
  readonly peers: Peers;
}

type Command = (tools: Tools, ...args: readonly unknown[]) => Promise<void>;

/** Every command of the palette, by id: the one table. A test holds the manifest to it. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  "roundtable.planTask": async (tools) => {
    const repo = await pickRoot();
    if (repo === undefined) return;
    const goal = await askFor(
      "Plan a Task",
      "What do you want done?",
      "Add rate limiting to the login endpoint, with tests",
    );
    if (goal === undefined) return;
    await begin(tools, { kind: "build", goal, repo });
  },
  "roundtable.reviewChanges": async (tools) => {
    const repo = await pickRoot();
    if (repo === undefined) return;
    const scope = await pickScope(await tools.room.app(), repo);
    if (scope === undefined) return;
    await begin(tools, { kind: "review", scope, repo });
  },
  "roundtable.reviewAgain": async ({ findings, conversation }) => {
    const missionId = await reviewAgain(findings);
    if (missionId !== undefined) await conversation.show(missionId);
  },
  "roundtable.applyFix": ({ findings }, ...which) =>
    applyFix(findings, ...which),
  "roundtable.dismissFinding": ({ findings }, ...which) =>
    dismissFinding(findings, ...which),
  "roundtable.askWhy": ({ findings }, ...which) => askWhy(findings, ...which),
  "roundtable.askTeam": async (tools) => {
    const repo = await pickRoot();
    if (repo === undefined) return;
    const goal = await askFor(
      "Ask the Team",
      "What do you want to know?",
      "Should sessions move from cookies to tokens?",
    );
    if (goal === undefined) return;
    await begin(tools, { kind: "question", goal, repo });
  },
  "roundtable.playSample": async (tools) => {
    const dir = vscode.Uri.joinPath(
      tools.context.globalStorageUri,
      "samples",
      String(Date.now()),
      "tea-shop",
    );
    await vscode.workspace.fs.createDirectory(dir);
    const { goal } = await tools.behind.makeSample({
      dir: dir.fsPath,
      trees: vscode.Uri.joinPath(tools.context.globalStorageUri, "trees")
        .fsPath,
      textLog: tools.textLog,
    });
    await begin(tools, {
      kind: "build",
      goal,
      repo: dir.fsPath,
      model: "rehearsal",
    });
  },
  "roundtable.showConversation": async ({ conversation }, missionId) => {
    await conversation.show(
      typeof missionId === "string" ? missionId : undefined,
    );
  },
  "roundtable.approve": ({ room }, ...which) =>
    ruleOn(room, "approve", ...ids(which)),
  "roundtable.requestChanges": ({ room }, ...which) =>
    ruleOn(room, "requestChanges", ...ids(which)),
  "roundtable.reject": ({ room }, ...which) =>
    ruleOn(room, "reject", ...ids(which)),
  "roundtable.overrule": ({ room }, ...which) =>
    ruleOn(room, "overrule", ...ids(which)),
  "roundtable.openPlan": async (tools, missionId) => {
    const mission = await pickMission(tools, missionId, {
      title: "Whose plan?",
      fits: ({ plan }) => plan !== null,
      none: "There is no plan yet. Plan a task first.",
    });
    if (mission === undefined) return;
    const { missionId: id } = mission;
    const document = await vscode.workspace.openTextDocument(planUri(id));
    await vscode.window.showTextDocument(document, { preview: false });
  },
  "roundtable.openChange": async (tools, missionId) => {
    const mission = await pickMission(tools, missionId, {
      title: "Whose change?",
      fits: ({ change, sharedBy }) => change !== null && sharedBy === undefined,
      none: "There is no change yet. It can be opened as soon as something is built.",
    });
    if (mission !== undefined) await openChange(mission);
  },
  "roundtable.resumeMission": async (tools, missionId) => {
    const mission = await pickMission(tools, missionId, {
      title: "Resume which mission?",
      fits: ({ status, sharedBy }) =>
        status === "stalled" && sharedBy === undefined,
      none: "No mission is stalled.",
    });
    if (mission !== undefined)
      await act(tools, { kind: "resume", missionId: mission.missionId });
  },
  "roundtable.stopMission": async (tools, missionId) => {
    const mission = await pickMission(tools, missionId, {
      title: "Stop which mission?",
      fits: ({ status, sharedBy }) =>
        status !== "closed" && sharedBy === undefined,
      none: "No mission is running.",
    });
    if (mission !== undefined)
      await act(tools, { kind: "stop", missionId: mission.missionId });
  },
  "roundtable.stopEverything": async (tools) => {
    await act(tools, { kind: "stopEverything" });
    const picked = await vscode.window.showWarningMessage(
      "Everything is stopped, and stays so until you release it.",
      "Release",
    );
    if (picked === "Release")
      await vscode.commands.executeCommand("roundtable.release");
  },
  "roundtable.release": (tools) => act(tools, { kind: "release" }),
  "roundtable.inviteAgent": async ({ room }) => inviteAgent(await room.app()),
  "roundtable.addA2aServer": async ({ room, context }) =>
    addServer(await room.app(), context.secrets),
  "roundtable.removeAgent": async ({ room, context }) =>
    removeAgent(await room.app(), context.secrets),
  "roundtable.setApiKey": async ({ key }) => {
    const what = await key.ask();
    if (what !== undefined)
      vscode.window.setStatusBarMessage(`Roundtable: API key ${what}`, 5_000);
  },
  "roundtable.chooseModel": () => chooseModel(),
  "roundtable.deadLetters": async ({ room }) => {
    await lookAfterDeadLetters(await room.app());
  },
  "roundtable.showLog": ({ channel }) => {
    channel.show();
    return Promise.resolve();
  },
  "roundtable.replayMission": replayMission,
  "roundtable.exportLog": exportLog,
  "roundtable.importLog": importLog,
  "roundtable.checkLog": checkLog,
  "roundtable.backUpLog": backUpLog,
  "roundtable.saveDecisionRecord": (tools, missionId) =>
    saveDecisionRecord(tools, missionId),
  "roundtable.showRules": ({ room }) => showRules(room.root()),
  "roundtable.showStatus": async ({ room }) => {
    await room.app();
    await vscode.commands.executeCommand("markdown.showPreview", STATUS_URI);
  },
  "roundtable.shareHub": peering("share"),
  "roundtable.connectHub": peering("connect"),
  "roundtable.confirmPairing": peering("confirm"),
  "roundtable.withdrawInvitation": peering("withdraw"),
  "roundtable.stopSharing": peering("stopSharing"),
  "roundtable.changePeerScopes": peering("scopes"),
  "roundtable.revokePeer": peering("revoke"),
  "roundtable.forgetPeer": peering("forget"),
  "roundtable.messagePeer": peering("message"),
  "roundtable.showPeerReport": peering("report"),
  "roundtable.delegateTask": peering("delegate"),
  "roundtable.answerPeerTask": peering("answerTask"),
  "roundtable.cancelPeerTask": peering("cancelTask"),
  "roundtable.spreadWork": peering("spreadWork"),
  "roundtable.showJob": peering("showJob"),
  "roundtable.moveCoordinator": peering("moveCoordinator"),
  "roundtable.peersMenu": peering("menu"),
  "roundtable.openWalkthrough": async ({ context }) => {
    await vscode.commands.executeCommand(
      "workbench.action.openWalkthrough",
      `${context.extension.id}#roundtable.start`,
    );
  },
};

/** Commands about teammates' hubs are loaded with the first of them. */
function peering(name: PeerCommandName): Command {
  return async (tools, about) => {
    const { runPeerCommand } = await import("./peersCommands.ts");
    await runPeerCommand(name, tools, about);
  };
}

/** Registers the table; an error of any command is told with what to do next. */
export function registerCommands(tools: Tools): void {
  for (const [id, run] of Object.entries(COMMANDS))
    tools.context.subscriptions.push(
      vscode.commands.registerCommand(id, (...args: readonly unknown[]) =>
        orComplain(() => run(tools, ...args.flatMap(unwrap))),
      ),
    );
}

/** Tree items hand themselves over; commands want the ids of what they stand for. */
function unwrap(argument: unknown): readonly unknown[] {
  if (argument === null || typeof argument !== "object") return [argument];
  // A thread, what was typed below one, or a row of the Peers view is known by itself.
  if (!("missionId" in argument))
    return ["thread", "comments", "peersNode"].some((key) => key in argument)
      ? [argument]
      : [];
  if ("findingId" in argument) return [argument.missionId, argument.findingId];
  return "decisionId" in argument
    ? [argument.missionId, argument.decisionId]
    : [argument.missionId];
}

function ids(args: readonly unknown[]): [string?, string?] {
  return args.filter((arg) => typeof arg === "string").slice(0, 2) as [
    string?,
    string?,
  ];
}

type IntentInput = Parameters<App["perform"]>[0];

async function act({ room }: Tools, intent: IntentInput): Promise<void> {
  await (await room.app()).perform(intent, "human");
}

/** Starts a mission and shows it; the agents of teammates who may vote are asked along as the user ticks. */
async function begin(
  { room, conversation, peers, context }: Tools,
  intent: IntentInput,
): Promise<void> {
  const app = await room.app();
  const invited = voters(await peers.look());
  let hubs: readonly string[] | undefined;
  if (invited.length > 0) {
    const { pickTeammates } = await import("./peersTeammates.ts");
    hubs = await pickTeammates(context.workspaceState, invited);
    if (hubs === undefined) return;
  }
  const { missionId } = await app.perform(
    { ...intent, ...(hubs !== undefined && { peers: [...hubs] }) },
    "human",
  );
  await conversation.show(missionId ?? undefined);
}
