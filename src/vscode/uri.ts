import * as vscode from "vscode";
import { orComplain } from "./complain.ts";
import type { Peers } from "./peers.ts";

/** Takes links from outside: `vscode://PUBLISHER.NAME/join#CODE`. A link is data: its invitation is shown, and nothing is called before the user says so. */
export function handleLinks(peers: Peers): vscode.Disposable {
  return vscode.window.registerUriHandler({
    handleUri: async ({ path, fragment }) => {
      if (path !== "/join") return;
      await orComplain(async () => {
        const { acceptLink } = await import("./peersLink.ts");
        await acceptLink(peers, fragment);
      });
    },
  });
}
