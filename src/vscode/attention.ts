import * as vscode from "vscode";
import { dollars } from "../core/money.ts";
import type { Disposes, Room } from "./room.ts";

/** Keeps the status bar item, the context keys of menus, and the view's progress bar in step with the app. */
export function watchAttention(room: Room): Disposes {
  const item = vscode.window.createStatusBarItem(
    "roundtable.status",
    vscode.StatusBarAlignment.Left,
    50,
  );
  item.name = "Roundtable";
  item.command = "roundtable.showConversation";
  const keys = contextKeys();
  const progress = viewProgress();

  const update = (): void => {
    const app = room.peek();
    if (app === undefined) {
      item.hide();
      progress(false);
      return;
    }
    const needs = app.needsYou();
    const { missions, stopped } = app.snapshot(null);
    // Teammates' missions are looked at here, and nothing else.
    const own = missions.filter(({ sharedBy }) => sharedBy === undefined);
    const has = (status: string): boolean =>
      own.some((line) => line.status === status);
    keys(
      "waiting",
      needs.some(({ kind }) => kind === "ruling"),
    );
    keys("running", has("running"));
    keys("live", has("running") || has("waiting") || has("stalled"));
    keys("stalled", has("stalled"));
    keys("stopped", stopped);
    keys("hasMission", missions.length > 0);
    keys(
      "hasReview",
      own.some(({ kind }) => kind === "review"),
    );
    show(item, {
      stopped,
      stalled: has("stalled"),
      needs: needs.length,
      running: has("running"),
      microUsd: own.reduce((sum, line) => sum + line.microUsd, 0),
    });
    progress(has("running"));
  };

  const follow = room.onChange(update);
  update();
  return {
    dispose: () => {
      follow.dispose();
      progress(false);
      item.dispose();
    },
  };
}

function show(
  item: vscode.StatusBarItem,
  now: {
    readonly stopped: boolean;
    readonly stalled: boolean;
    readonly needs: number;
    readonly running: boolean;
    readonly microUsd: number;
  },
): void {
  const parts = [
    now.stopped ? "$(debug-stop) stopped" : "",
    now.needs > 0 ? `$(bell-dot) ${String(now.needs)} for you` : "",
    now.needs === 0 && now.running ? "$(sync~spin) working" : "",
    now.needs === 0 && now.stalled && !now.stopped
      ? "$(debug-pause) stalled"
      : "",
    now.microUsd > 0 ? dollars(now.microUsd) : "",
  ].filter((part) => part !== "");
  item.text = `$(organization) ${parts.join(" · ") || "Roundtable"}`;
  item.tooltip = "Roundtable: show the conversation";
  item.accessibilityInformation = {
    label: `Roundtable, ${String(now.needs)} waiting for you, ${now.stopped ? "stopped" : now.running ? "working" : "idle"}, ${dollars(now.microUsd)} spent`,
  };
  item.backgroundColor =
    now.needs > 0
      ? new vscode.ThemeColor("statusBarItem.warningBackground")
      : undefined;
  item.show();
}

/** Sets `roundtable.<name>` for when-clauses; only what changed crosses to the window. */
export function contextKeys(): (name: string, value: boolean) => void {
  const last = new Map<string, boolean>();
  return (name, value) => {
    if (last.get(name) === value) return;
    last.set(name, value);
    void vscode.commands.executeCommand(
      "setContext",
      `roundtable.${name}`,
      value,
    );
  };
}

/** Shows or ends the conversation view's own progress bar. */
function viewProgress(): (busy: boolean) => void {
  let end: (() => void) | undefined;
  return (busy) => {
    if (!busy) {
      end?.();
      end = undefined;
    } else if (end === undefined) {
      const done = new Promise<void>((resolve) => {
        end = resolve;
      });
      void vscode.window.withProgress(
        { location: { viewId: "roundtable.conversation" } },
        () => done,
      );
    }
  };
}
