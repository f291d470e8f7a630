import * as vscode from "vscode";
import { INVITATION_MINUTES, Shared } from "../protocol/peers.ts";
import type { Peers } from "./peers.ts";
import { during, pickScopes } from "./peersPick.ts";
import { scopeNames } from "./peersWords.ts";
import type { LocalAddress } from "./room.ts";

const TITLE = "Share This Hub";

/** Makes an invitation, after asking what it grants, on which interface this hub listens, and how long it is good; then hands over link and code. */
export async function shareHub(
  peers: Peers,
  addresses: () => Promise<readonly LocalAddress[]>,
): Promise<void> {
  const scopes = await pickScopes(
    `${TITLE}: what may the teammate's hub do here?`,
    "Tick what you grant. You can change it at any time.",
  );
  if (scopes === undefined) return;
  const { listening } = await peers.look();
  // One interface at a time: who is there already must not be cut off by the way.
  const host = listening?.host ?? (await pickInterface(await addresses()));
  if (host === undefined) return;
  const minutes = await pickLifetime();
  if (minutes === undefined) return;
  const shared = Shared.parse(
    await during("Making an invitation…", () =>
      peers.ask("peers/share", {
        scopes,
        ...(listening === undefined && { host }),
        minutes,
      }),
    ),
  );
  await handOver(shared);
}

async function pickInterface(
  addresses: readonly LocalAddress[],
): Promise<string | undefined> {
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: "$(device-desktop) This machine only",
        description: "127.0.0.1",
        detail: "For another window, or a terminal, on this machine",
        host: "127.0.0.1",
      },
      ...addresses.map(({ name, address }) => ({
        label: `$(globe) ${name}`,
        description: address,
        detail:
          "Everybody on that network reaches the port; only hubs you paired with get in",
        host: address,
      })),
    ],
    {
      title: `${TITLE}: where does it listen?`,
      placeHolder: "One interface, never all of them",
      ignoreFocusOut: true,
    },
  );
  return picked?.host;
}

async function pickLifetime(): Promise<number | undefined> {
  const usual = INVITATION_MINUTES.default;
  const picked = await vscode.window.showQuickPick(
    [usual, 30, INVITATION_MINUTES.most].map((minutes) => ({
      label: `${String(minutes)} minutes`,
      ...(minutes === usual && { description: "usual" }),
      minutes,
    })),
    {
      title: `${TITLE}: how long is the invitation good?`,
      placeHolder: "It can be used once, and taken back at any time",
      ignoreFocusOut: true,
    },
  );
  return picked?.minutes;
}

/** Offers link and code to be copied, either or both, until the user is done; they are shown nowhere else. */
function handOver(shared: Shared): Promise<void> {
  const { link, code, scopes, expiresAt } = shared;
  const until = new Date(expiresAt).toLocaleTimeString([], {
    hour: "2-digit",
    minute: "2-digit",
  });
  const copied = new Set<string>();
  const pick = vscode.window.createQuickPick<
    vscode.QuickPickItem & { readonly text?: string }
  >();
  pick.title = `Invitation, good once until ${until}`;
  pick.placeholder = `Send your teammate the link or the code. It grants: ${scopeNames(scopes)}`;
  pick.ignoreFocusOut = true;
  const show = (): void => {
    const way = (what: string, icon: string, text: string, detail: string) => ({
      label: copied.has(text)
        ? `$(check) ${what} copied`
        : `$(${icon}) Copy the ${what.toLowerCase()}`,
      // Nobody types it off; shown in full it covers the next entry.
      description: `${text.slice(0, 44)}…`,
      detail,
      text,
    });
    const items = [
      way("Link", "link", link, "Opens Connect to a Teammate's Hub in VS Code"),
      way(
        "Code",
        "key",
        code,
        "For Connect to a Teammate's Hub, or roundtable join",
      ),
      {
        label: copied.size > 0 ? "$(arrow-right) Done" : "$(arrow-right) Later",
        detail:
          "Next: they enter it; both of you see six words, compare them, and confirm",
      },
    ];
    const active = pick.activeItems[0]?.text;
    pick.items = items;
    const [first] = items.filter(({ label }) => label.startsWith("$(arrow"));
    pick.activeItems = items.filter(
      (item) => item === (active === undefined ? items[0] : first),
    );
  };
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      const text = pick.selectedItems[0]?.text;
      if (text === undefined) {
        pick.hide();
        return;
      }
      void vscode.env.clipboard.writeText(text).then(() => {
        copied.add(text);
        show();
      });
    });
    pick.onDidHide(() => {
      pick.dispose();
      resolve();
    });
    show();
    pick.show();
  });
}
