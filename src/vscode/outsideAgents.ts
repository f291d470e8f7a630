import * as vscode from "vscode";
import type { App } from "../app.ts";
import type { IssuedToken, OutsideAgents } from "../protocol/hub.ts";
import { serverTokenKey } from "./secrets.ts";

const ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** An agent's id from the user; undefined when they backed out. */
function askForId(
  title: string,
  prompt: string,
  value = "",
): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title,
    prompt,
    value,
    placeHolder: "linguist",
    ignoreFocusOut: true,
    validateInput: (text) =>
      ID.test(text)
        ? undefined
        : "Up to 64 lower-case letters, digits, - and _.",
  });
}

/** Puts a token with which an agent from outside may sit down on the clipboard. */
export async function inviteAgent(app: App): Promise<void> {
  const title = "Invite an Outside Agent";
  const agentId = await askForId(title, "The id it will have at this hub");
  if (agentId === undefined) return;
  const lifetime = await vscode.window.showQuickPick(
    [
      { label: "1 day", days: 1 },
      { label: "30 days", days: 30 },
      { label: "1 year", days: 365 },
    ],
    { title, placeHolder: "How long is its token good?" },
  );
  if (lifetime === undefined) return;
  const scope = await vscode.window.showQuickPick(
    [
      {
        label: "It only works",
        description: "takes tasks, sends and receives messages",
        mayAsk: false,
      },
      {
        label: "It may also give work to other agents",
        description: "which can cost money",
        mayAsk: true,
      },
    ],
    { title, placeHolder: "What may it do?" },
  );
  if (scope === undefined) return;
  const { wsUrl } = await app.listen();
  const issued = (await app.aboutAgents("agents/issueToken", {
    agentId,
    days: lifetime.days,
    mayAsk: scope.mayAsk,
  })) as IssuedToken;
  await vscode.env.clipboard.writeText(issued.token);
  void vscode.window.showInformationMessage(
    `The token of ${agentId} is on the clipboard; it is not shown again. The agent connects to ${wsUrl} with it, as docs/agents.md says.`,
  );
}

/** Seats an A2A server elsewhere by the address of its card; its token goes into the secret storage. */
export async function addServer(
  app: App,
  secrets: vscode.SecretStorage,
): Promise<void> {
  const title = "Add an A2A Server";
  const cardUrl = await vscode.window.showInputBox({
    title,
    prompt: "Address of its agent card: https, or http on this machine",
    placeHolder: "https://host/.well-known/agent-card.json",
    ignoreFocusOut: true,
    validateInput: (text) =>
      URL.canParse(text.trim()) ? undefined : "Say an address.",
  });
  if (cardUrl === undefined) return;
  const host = new URL(cardUrl.trim()).hostname;
  const suggestion = host.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const agentId = await askForId(title, "The id it gets here", suggestion);
  if (agentId === undefined) return;
  const token = await vscode.window.showInputBox({
    title,
    prompt:
      "Its bearer token, kept in VS Code's secret storage; leave empty when it wants none.",
    password: true,
    ignoreFocusOut: true,
  });
  if (token === undefined) return;
  const hasToken = token.trim() !== "";
  const key = serverTokenKey(agentId);
  const before = await secrets.get(key);
  if (hasToken) await secrets.store(key, token.trim());
  try {
    await app.aboutAgents("agents/join", {
      cardUrl: cardUrl.trim(),
      agentId,
      ...(hasToken && { tokenFrom: `secret:${agentId}` }),
    });
  } catch (error) {
    // The token of one that sits here already must not be lost to a second try.
    if (before === undefined) await secrets.delete(key);
    else await secrets.store(key, before);
    throw error;
  }
  void vscode.window.showInformationMessage(`${agentId} sits at the table.`);
}

/** Takes back the token of an agent from outside, or lets an A2A server leave. */
export async function removeAgent(
  app: App,
  secrets: vscode.SecretStorage,
): Promise<void> {
  const { tokens, links } = (await app.aboutAgents(
    "agents/outside",
    {},
  )) as OutsideAgents;
  const items = [
    ...tokens.map(({ agentId, expiresAt }) => ({
      label: agentId,
      description: `token, good until ${new Date(expiresAt).toLocaleDateString()}`,
      method: "agents/revokeToken",
    })),
    ...links.map(({ agentId, cardUrl }) => ({
      label: agentId,
      description: cardUrl,
      method: "agents/leave",
    })),
  ];
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      "Nobody from outside was invited, and no A2A server was added.",
    );
    return;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: "Remove an Outside Agent",
    placeHolder: "Its work goes to others, or fails",
  });
  if (picked === undefined) return;
  await app.aboutAgents(picked.method, { agentId: picked.label });
  if (picked.method === "agents/leave")
    await secrets.delete(serverTokenKey(picked.label));
  vscode.window.setStatusBarMessage(
    `Roundtable: ${picked.label} was removed`,
    5_000,
  );
}
