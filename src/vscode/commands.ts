import * as vscode from "vscode";
import type { TextLog } from "../ports.ts";
import type { ReviewScope } from "../protocol/event.ts";
import { RoundtableError } from "../core/errors.ts";
import type { Conversation } from "./conversation.ts";
import { openChange, planUri } from "./documents.ts";
import type { Behind, Room } from "./room.ts";
import { ruleOn } from "./ruling.ts";
import { orComplain } from "./complain.ts";
import type { ApiKey } from "./secrets.ts";

/** What commands act on. */
export interface Tools {
  readonly context: vscode.ExtensionContext;
  readonly room: Room;
  readonly conversation: Conversation;
  readonly behind: Behind;
  readonly key: ApiKey;
  readonly channel: vscode.LogOutputChannel;
  readonly textLog: TextLog;
}

type Command = (tools: Tools, ...args: readonly unknown[]) => Promise<void>;

/** Every command of the palette, by id: the one table. A test holds the manifest to it. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  "roundtable.planTask": async (tools) => {
    const goal = await askFor(
      "Plan a Task",
      "What do you want done?",
      "Add rate limiting to the login endpoint, with tests",
    );
    if (goal === undefined) return;
    await begin(tools, { kind: "build", goal, repo: workspaceRoot(tools) });
  },
  "roundtable.reviewChanges": async (tools) => {
    const scope = await pickScope();
    if (scope === undefined) return;
    await begin(tools, { kind: "review", scope, repo: workspaceRoot(tools) });
  },
  "roundtable.askTeam": async (tools) => {
    const goal = await askFor(
      "Ask the Team",
      "What do you want to know?",
      "Should sessions move from cookies to tokens?",
    );
    if (goal === undefined) return;
    await begin(tools, { kind: "question", goal, repo: workspaceRoot(tools) });
  },
  "roundtable.playSample": async (tools) => {
    const dir = vscode.Uri.joinPath(
      tools.context.globalStorageUri,
      "samples",
      String(Date.now()),
      "parcel",
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
  "roundtable.openPlan": async ({ conversation, room }, missionId) => {
    const id = shownMission(conversation, missionId);
    if (id === null || (await room.app()).detail(id)?.plan == null)
      throw new RoundtableError(
        "no-decision",
        "There is no plan to open.",
        "Plan a task first, or pick a mission that has a plan.",
      );
    const document = await vscode.workspace.openTextDocument(planUri(id));
    await vscode.languages.setTextDocumentLanguage(document, "markdown");
    await vscode.window.showTextDocument(document, { preview: false });
  },
  "roundtable.openChange": async ({ conversation, room }, missionId) => {
    const id = shownMission(conversation, missionId);
    const mission = id === null ? null : (await room.app()).detail(id);
    if (mission?.change == null)
      throw new RoundtableError(
        "no-decision",
        "There is no change to open.",
        "Wait until something is built, or pick another mission.",
      );
    await openChange(mission);
  },
  "roundtable.resumeMission": async ({ conversation, room }, missionId) => {
    const id = shownMission(conversation, missionId);
    if (id !== null)
      await (
        await room.app()
      ).perform({ kind: "resume", missionId: id }, "human");
  },
  "roundtable.stopMission": async ({ conversation, room }, missionId) => {
    const id = shownMission(conversation, missionId);
    if (id !== null)
      await (
        await room.app()
      ).perform({ kind: "stop", missionId: id }, "human");
  },
  "roundtable.stopEverything": async ({ room }) => {
    await (await room.app()).perform({ kind: "stopEverything" }, "human");
    const picked = await vscode.window.showWarningMessage(
      "Everything is stopped, and stays so until you release it.",
      "Release",
    );
    if (picked === "Release")
      await vscode.commands.executeCommand("roundtable.release");
  },
  "roundtable.release": async ({ room }) => {
    await (await room.app()).perform({ kind: "release" }, "human");
  },
  "roundtable.setApiKey": async ({ key, room }) => {
    if (await key.ask()) await room.reopen();
  },
  "roundtable.chooseModel": async ({ room }) => {
    await chooseModel();
    await room.reopen();
  },
  "roundtable.showLog": ({ channel }) => {
    channel.show();
    return Promise.resolve();
  },
  "roundtable.openWalkthrough": async ({ context }) => {
    await vscode.commands.executeCommand(
      "workbench.action.openWalkthrough",
      `${context.extension.id}#roundtable.start`,
    );
  },
};

/** Registers the table; an error of any command is told with what to do next. */
export function registerCommands(tools: Tools): void {
  for (const [id, run] of Object.entries(COMMANDS))
    tools.context.subscriptions.push(
      vscode.commands.registerCommand(id, (...args: readonly unknown[]) =>
        orComplain(() => run(tools, ...args.map(unwrap))),
      ),
    );
}

/** Tree items hand themselves over; commands want the mission they stand for. */
function unwrap(argument: unknown): unknown {
  return argument !== null &&
    typeof argument === "object" &&
    "missionId" in argument
    ? argument.missionId
    : argument;
}

function ids(args: readonly unknown[]): [string?, string?] {
  return args.filter((arg) => typeof arg === "string").slice(0, 2) as [
    string?,
    string?,
  ];
}

type Begins = Parameters<Awaited<ReturnType<Room["app"]>>["perform"]>[0];

async function begin(
  { room, conversation }: Tools,
  intent: Begins,
): Promise<void> {
  const app = await room.app();
  const { missionId } = await app.perform(intent, "human");
  await conversation.show(missionId ?? undefined);
}

function shownMission(
  conversation: Conversation,
  missionId: unknown,
): string | null {
  return typeof missionId === "string" ? missionId : conversation.open();
}

function workspaceRoot({ room }: Tools): string {
  const root = room.root();
  if (root === null)
    throw new RoundtableError(
      "not-a-repository",
      "No folder is open.",
      "Open a folder with a git repository, or play the sample mission, which brings its own.",
    );
  return root;
}

function askFor(
  title: string,
  prompt: string,
  placeHolder: string,
): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title,
    prompt,
    placeHolder,
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === "" ? "Say it in a sentence." : undefined,
  });
}

async function pickScope(): Promise<ReviewScope | undefined> {
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: "Working tree",
        description: "everything not committed yet",
        id: "working",
      },
      {
        label: "Staged",
        description: "what the next commit would hold",
        id: "staged",
      },
      {
        label: "Branch or range…",
        description: "from one revision to another",
        id: "range",
      },
    ],
    { title: "Review My Changes" },
  );
  if (picked?.id === "working") return { kind: "working" };
  if (picked?.id === "staged") return { kind: "staged" };
  if (picked === undefined) return undefined;
  const range = await vscode.window.showInputBox({
    title: "Review a Range",
    prompt: "BASE..HEAD; a base alone compares it with HEAD",
    value: "main..HEAD",
    ignoreFocusOut: true,
  });
  const [base, head] = (range ?? "").trim().split(/\.{2,3}/);
  return base ? { kind: "range", base, head: head ?? "HEAD" } : undefined;
}

async function chooseModel(): Promise<void> {
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: "Automatic",
        description: "Claude with your key, else VS Code's models, else none",
        id: "auto",
      },
      { label: "Claude", description: "with your Anthropic key", id: "claude" },
      {
        label: "VS Code's models",
        description: "of an installed model provider",
        id: "vscode",
      },
      { label: "None", description: "reviews on evidence alone", id: "none" },
    ],
    { title: "Where do models come from?" },
  );
  if (picked !== undefined)
    await vscode.workspace
      .getConfiguration("roundtable")
      .update("model", picked.id, vscode.ConfigurationTarget.Global);
}
