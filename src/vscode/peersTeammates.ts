import * as vscode from "vscode";
import type { PeerLine } from "../protocol/peers.ts";
import { plain } from "./peersWords.ts";

/** Key of the workspace state with the hubs that were asked along last. */
const KEY = "roundtable.teammates";

/** The hubs whose agents shall vote in a mission, ticked by the user; those of last time are ticked to begin with, nobody the first time. Undefined when the user backed out. */
export async function pickTeammates(
  state: vscode.Memento,
  voters: readonly PeerLine[],
): Promise<readonly string[] | undefined> {
  const before = state.get<readonly string[]>(KEY, []);
  const picked = await vscode.window.showQuickPick(
    voters.map(({ hubId, name, agents }) => ({
      label: plain(name, 64),
      description: agents
        .filter(({ votes }) => votes)
        .map((agent) => plain(agent.name, 64))
        .join(", "),
      picked: before.includes(hubId),
      hubId,
    })),
    {
      title: "Teammates at This Table",
      placeHolder:
        "Whose agents vote too? They see the mission; a hub weighs no more than one of yours. None is fine.",
      canPickMany: true,
      ignoreFocusOut: true,
    },
  );
  if (picked === undefined) return undefined;
  const hubs = picked.map(({ hubId }) => hubId);
  await state.update(KEY, hubs);
  return hubs;
}
