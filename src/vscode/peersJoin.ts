import * as vscode from "vscode";
import type { Invitation } from "../core/peering/invitationCode.ts";
import type { Pairing } from "../protocol/peers.ts";
import type { Peers } from "./peers.ts";
import { during, pickScopes } from "./peersPick.ts";
import { plain, scopeNames, shortId } from "./peersWords.ts";

const TITLE = "Connect to a Teammate's Hub";

/** Takes a link or a code, asks what the other hub may do here, and calls it; the words to compare come by themselves. */
export async function connectHub(peers: Peers): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: TITLE,
    prompt: "The link or the code your teammate sent you",
    placeHolder: "vscode://…/join#rt1.… or rt1.…",
    ignoreFocusOut: true,
    validateInput: (typed) =>
      typed.trim() === "" ? "Paste the link or the code." : undefined,
  });
  if (text === undefined) return;
  const { read } = await import("./peersLink.ts");
  await grantAndCall(peers, text, await read(peers, text));
}

/** Calls the hub that invited this one, after asking what it may do here. */
export async function grantAndCall(
  peers: Peers,
  text: string,
  { name }: Pick<Invitation, "name">,
): Promise<void> {
  const scopes = await pickScopes(
    `What may ${plain(name, 64)} do here?`,
    "Tick what you grant. Nothing is called before you are done here.",
  );
  if (scopes === undefined) return;
  await during(`Calling ${plain(name, 64)}…`, () =>
    peers.ask("peers/join", { invitation: text.trim(), scopes }),
  );
}

/** Asks whether both people see the same words: of the pairing named, else of the first that waits for the person here. */
export async function confirmPairing(
  peers: Peers,
  named: unknown,
): Promise<void> {
  const waiting = (await peers.look()).pairings.filter(
    ({ waitsFor }) => waitsFor === "ours",
  );
  const pairing =
    waiting.find(({ pairingId }) => pairingId === named) ?? waiting[0];
  if (pairing === undefined) {
    void vscode.window.showInformationMessage(
      "No pairing waits for your word.",
    );
    return;
  }
  const same = await sameWords(pairing);
  if (same !== undefined)
    await peers.ask("peers/confirm", { pairingId: pairing.pairingId, same });
}

/** True and false as the user answered; undefined when they put it off. */
async function sameWords(pairing: Pairing): Promise<boolean | undefined> {
  const yes = "They Are the Same";
  const no = "They Differ";
  const name = plain(pairing.name, 64);
  const picked = await vscode.window.showInformationMessage(
    `Do you both see: ${pairing.words.join(" · ")}?`,
    {
      modal: true,
      detail: [
        `Read them to the person at ${name}, by voice or in a chat you trust. If somebody sits between the two of you, the words differ.`,
        "",
        `${name} may do here: ${scopeNames(pairing.scopes)}`,
        `You may do there: ${scopeNames(pairing.theirs)}`,
        `Hub ${shortId(pairing.hubId)}…`,
      ].join("\n"),
    },
    yes,
    no,
  );
  return picked === undefined ? undefined : picked === yes;
}
