import * as vscode from "vscode";
import type { PeerLine } from "../protocol/peers.ts";
import type { Disposes } from "./room.ts";
import type { Peers } from "./peers.ts";
import { plain, reportMarkdown } from "./peersWords.ts";

/** Scheme of the documents about peers. */
const SCHEME = "roundtable-peer";

/** Address of a peer's report as a document. */
export function reportUri({
  hubId,
  name,
}: Pick<PeerLine, "hubId" | "name">): vscode.Uri {
  const title = plain(name, 64)
    .replaceAll(/[/\\?#:]/g, " ")
    .trim();
  return vscode.Uri.from({
    scheme: SCHEME,
    authority: hubId,
    path: `/Report of ${title || "a hub"}.md`,
  });
}

/** Address of a job as a document. */
export function jobUri(room: string): vscode.Uri {
  return vscode.Uri.from({
    scheme: SCHEME,
    authority: room,
    path: "/Job.md",
    query: "job",
  });
}

/** Serves reports of peers, and jobs, as documents; they change as news come. */
export function servePeerPages(peers: Peers): Disposes {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const parts: readonly Disposes[] = [
    changed,
    peers.onChange(() => {
      for (const { uri } of vscode.workspace.textDocuments)
        if (uri.scheme === SCHEME) changed.fire(uri);
    }),
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: async ({ authority, query }) => {
        if (query === "job") {
          const { jobMarkdown } = await import("./peersJobs.ts");
          return jobMarkdown(peers, authority);
        }
        const peer = (await peers.look()).peers.find(
          ({ hubId }) => hubId === authority,
        );
        return peer === undefined
          ? "This hub is no longer known here.\n"
          : reportMarkdown(peer, Date.now());
      },
    }),
  ];
  return {
    dispose: () => {
      for (const part of parts) part.dispose();
    },
  };
}
