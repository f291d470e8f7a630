import * as vscode from "vscode";
import type { RoomLine } from "../protocol/peers.ts";
import type { Peers } from "./peers.ts";
import { during, pickPeer, pickScopes } from "./peersPick.ts";
import { coordination, plain, scopeNames, timeLeft } from "./peersWords.ts";

/** Lets the user tick anew what a peer may do here; it counts at once. */
export async function changeScopes(
  peers: Peers,
  named: unknown,
): Promise<void> {
  const peer = await pickPeer(peers, named, {
    title: "Change Scopes",
    fits: ({ state }) => state !== "revoked",
    none: "No teammate's hub is paired with this one.",
  });
  if (peer === undefined) return;
  const name = plain(peer.name, 64);
  const scopes = await pickScopes(
    `What may ${name} do here?`,
    "It counts at once; what it said before stays on record.",
    peer.scopes,
  );
  if (scopes === undefined) return;
  await peers.ask("peers/setScopes", { hubId: peer.hubId, scopes });
  vscode.window.setStatusBarMessage(
    `Roundtable: ${name} may do here: ${scopeNames(scopes)}`,
    5_000,
  );
}

/** Makes a peer a stranger, after asking. */
export async function revokePeer(peers: Peers, named: unknown): Promise<void> {
  const peer = await pickPeer(peers, named, {
    title: "Revoke",
    fits: ({ state }) => state !== "revoked",
    none: "No teammate's hub is paired with this one.",
  });
  if (peer === undefined) return;
  const name = plain(peer.name, 64);
  const picked = await vscode.window.showWarningMessage(
    `Revoke ${name}?`,
    {
      modal: true,
      detail:
        "It is cut off at once and cannot come back with the keys it has: the two of you would have to pair anew. What it said stays on record.",
    },
    "Revoke",
  );
  if (picked === undefined) return;
  await peers.ask("peers/revoke", { hubId: peer.hubId });
}

/** Takes a revoked peer off the list. */
export async function forgetPeer(peers: Peers, named: unknown): Promise<void> {
  const peer = await pickPeer(peers, named, {
    title: "Forget",
    fits: ({ state }) => state === "revoked",
    none: "Only a revoked hub can be forgotten, and there is none.",
  });
  if (peer !== undefined)
    await peers.ask("peers/forget", { hubId: peer.hubId });
}

/** Takes an invitation back: the one named, the only one, or the one picked. */
export async function withdrawInvitation(
  peers: Peers,
  named: unknown,
): Promise<void> {
  const { invitations } = await peers.look();
  const one =
    invitations.find(({ invitationId }) => invitationId === named) ??
    (invitations.length === 1
      ? invitations[0]
      : (
          await vscode.window.showQuickPick(
            invitations.map((invitation) => ({
              label: timeLeft(invitation.expiresAt, Date.now()),
              description: scopeNames(invitation.scopes),
              invitation,
            })),
            { title: "Withdraw Which Invitation?" },
          )
        )?.invitation);
  if (one !== undefined)
    await peers.ask("peers/withdraw", { invitationId: one.invitationId });
}

/** Closes the listener for teammates. */
export async function stopSharing(peers: Peers): Promise<void> {
  await peers.ask("peers/stopSharing", {});
  vscode.window.setStatusBarMessage(
    "Roundtable: this hub is no longer shared; nobody can call it",
    5_000,
  );
}

/** Moves the office of a job's coordinator to another of its hubs. */
export async function moveCoordinator(
  peers: Peers,
  named: unknown,
): Promise<void> {
  const jobs = (await peers.look()).rooms.filter(({ kind }) => kind === "job");
  const job = jobs.find(({ room }) => room === named) ?? (await pickJob(jobs));
  if (job === undefined) return;
  const others = job.members.filter(
    ({ hubId, here }) => here && hubId !== job.coordinator?.hubId,
  );
  if (others.length === 0) {
    void vscode.window.showInformationMessage(
      "No other hub of this job is connected, so its coordinator stays.",
    );
    return;
  }
  const to = await vscode.window.showQuickPick(
    others.map(({ hubId, name }) => ({ label: plain(name, 64), hubId })),
    {
      title: `Move the Coordinator of “${plain(job.title, 60)}”`,
      placeHolder: `Now: ${coordination(job)}`,
    },
  );
  if (to === undefined) return;
  await during(`Moving the coordinator to ${to.label}…`, () =>
    peers.ask("peers/handOver", { room: job.room, to: to.hubId }),
  );
}

async function pickJob(
  jobs: readonly RoomLine[],
): Promise<RoomLine | undefined> {
  if (jobs.length === 0)
    void vscode.window.showInformationMessage(
      "No job is spread over several hubs. A mission is always coordinated by the hub it began at.",
    );
  if (jobs.length < 2) return jobs[0];
  const picked = await vscode.window.showQuickPick(
    jobs.map((job) => ({
      label: plain(job.title, 80),
      description: coordination(job),
      job,
    })),
    { title: "Move Whose Coordinator?" },
  );
  return picked?.job;
}

/** What can be done about sharing, from the status bar. */
export async function peersMenu(peers: Peers): Promise<void> {
  const { listening, peers: all } = await peers.look();
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: "$(list-tree) Show Peers",
        description: `${String(all.filter(({ state }) => state === "connected").length)} connected`,
        command: "roundtable.peers.focus",
      },
      {
        label: "$(broadcast) Share This Hub…",
        description: "another invitation",
        command: "roundtable.shareHub",
      },
      {
        label: "$(plug) Connect to a Teammate's Hub…",
        command: "roundtable.connectHub",
      },
      ...(listening === undefined
        ? []
        : [
            {
              label: "$(circle-slash) Stop Sharing",
              description: `${listening.host}:${String(listening.port)}`,
              command: "roundtable.stopSharing",
            },
          ]),
    ],
    { title: "Teammates' Hubs" },
  );
  if (picked !== undefined)
    await vscode.commands.executeCommand(picked.command);
}
