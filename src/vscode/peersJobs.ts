import * as vscode from "vscode";
import { JobOpened, JobShown } from "../protocol/jobs.ts";
import { askFor } from "./dialogs.ts";
import type { Peers } from "./peers.ts";
import { jobUri } from "./peersPages.ts";
import { during } from "./peersPick.ts";
import { jobPage, plain } from "./peersWords.ts";

const TITLE = "Spread Work over Hubs";

/** Cuts a goal into parts for this hub and connected ones, and shows what they gather. */
export async function spreadWork(peers: Peers): Promise<void> {
  const { hubId, name, peers: all } = await peers.look();
  const connected = all.filter(({ state }) => state === "connected");
  if (connected.length === 0) {
    void vscode.window.showInformationMessage(
      "No teammate's hub is connected, so there is nobody to share the work with.",
    );
    return;
  }
  const goal = await askFor(
    TITLE,
    "What shall the hubs find out together? Their agents answer in words; they have no tool to act with.",
    "Compare ways to keep sessions, and recommend one",
  );
  if (goal === undefined) return;
  const picked = await vscode.window.showQuickPick(
    [
      { label: plain(name, 64), description: "this hub", hubId, picked: true },
      ...connected.map((peer) => ({
        label: plain(peer.name, 64),
        description: peer.agents
          .map((agent) => plain(agent.name, 64))
          .join(", "),
        hubId: peer.hubId,
        picked: true,
      })),
    ],
    {
      title: TITLE,
      placeHolder: "Which hubs take part?",
      canPickMany: true,
      ignoreFocusOut: true,
    },
  );
  if (picked === undefined || picked.length === 0) return;
  const { room } = JobOpened.parse(
    await during("Cutting the goal into parts…", () =>
      peers.ask("peers/coordinate", {
        goal,
        hubs: picked.map((hub) => hub.hubId),
      }),
    ),
  );
  await showPage(room);
}

/** Shows how far a job is and what it gathered: the job named, or the one picked. */
export async function showJob(peers: Peers, named: unknown): Promise<void> {
  const jobs = (await peers.look()).rooms.filter(({ kind }) => kind === "job");
  const room =
    jobs.find((job) => job.room === named)?.room ??
    (
      await vscode.window.showQuickPick(
        jobs.map((job) => ({
          label: plain(job.title, 80),
          description: plain(job.state, 64),
          room: job.room,
        })),
        { title: "Show Which Job?" },
      )
    )?.room;
  if (room !== undefined) await showPage(room);
}

async function showPage(room: string): Promise<void> {
  await vscode.commands.executeCommand("markdown.showPreview", jobUri(room));
}

/** A job as Markdown, as it is now. */
export async function jobMarkdown(peers: Peers, room: string): Promise<string> {
  const job = JobShown.parse(await peers.ask("peers/job", { room }));
  return jobPage(job);
}
