import * as vscode from "vscode";
import {
  readInvitation,
  type Invitation,
  type TextCodec,
} from "../core/peering/invitationCode.ts";
import type { Peers } from "./peers.ts";
import { grantAndCall } from "./peersJoin.ts";
import { plain, scopeNames, shortId, timeLeft } from "./peersWords.ts";

const codec: TextCodec = {
  encode: (text) => Buffer.from(text).toString("base64url"),
  decode: (text) => Buffer.from(text, "base64url").toString(),
};

/** What a link or a code says, without calling anybody. Throws `bad-invitation`. */
export async function read(
  peers: Peers,
  invitation: string,
): Promise<Invitation> {
  const { hubId: self } = await peers.look();
  return readInvitation(invitation, { codec, now: Date.now(), self });
}

/** Asks whether to take an invitation that a link from outside brought. Nothing is called before the user says so. Throws `bad-invitation`. */
export async function acceptLink(peers: Peers, code: string): Promise<void> {
  const invitation = await read(peers, code);
  const { host, port, name, hubId, scopes, expiresAt } = invitation;
  const picked = await vscode.window.showInformationMessage(
    `Connect to ${plain(name, 64)} at ${plain(host, 64)}:${String(port)}?`,
    {
      modal: true,
      detail: [
        "A link from outside VS Code asks for this. Go on only if it is from a teammate; nothing was called so far.",
        `You may do there: ${scopeNames(scopes)}. What it may do here, you choose next.`,
        `Hub ${shortId(hubId)}…, invitation with ${timeLeft(expiresAt, Date.now())}.`,
      ].join("\n\n"),
    },
    "Continue",
  );
  if (picked !== undefined) await grantAndCall(peers, code, invitation);
}
