import * as vscode from "vscode";
import type { SecretStore } from "../ports/peering.ts";

const KEY = "anthropicApiKey";

/** Where the token of an A2A server elsewhere is kept. */
export function serverTokenKey(name: string): string {
  return `remoteAgent:${name}`;
}

/** The Anthropic key: in VS Code's secret storage and nowhere else. */
export interface ApiKey {
  /** The key; empty when none is stored. */
  get(): Promise<string>;
  /** Asks for it and stores it; an empty answer forgets the stored one. Undefined when the user backed out. */
  ask(): Promise<"stored" | "forgotten" | undefined>;
  /** Fires when the key was stored or forgotten, in whichever window. */
  readonly onChange: (listener: () => void) => vscode.Disposable;
}

/** The key of this user, shared by all their windows. */
export function apiKeyIn(secrets: vscode.SecretStorage): ApiKey {
  return {
    get: async () => (await secrets.get(KEY)) ?? "",
    ask: async () => {
      const value = await vscode.window.showInputBox({
        title: "Anthropic API key",
        prompt:
          "Kept in VS Code's secret storage; sent to the Anthropic API only. Leave empty to forget the stored key.",
        password: true,
        ignoreFocusOut: true,
        validateInput: (text) =>
          text === "" || /^\S{8,}$/.test(text.trim())
            ? undefined
            : "A key is one word of at least eight characters.",
      });
      if (value === undefined) return undefined;
      const key = value.trim();
      if (key === "") {
        await secrets.delete(KEY);
        return "forgotten";
      }
      await secrets.store(KEY, key);
      return "stored";
    },
    onChange: (listener) =>
      secrets.onDidChange(({ key }) => {
        if (key === KEY) listener();
      }),
  };
}

/** Secrets of one hub in the editor's secret storage, which all windows of this user share: `hub` tells hubs apart. */
export function hubSecretsIn(
  secrets: vscode.SecretStorage,
  hub: string,
): SecretStore {
  const key = (name: string): string => `hub:${hub}:${name}`;
  return {
    get: async (name) => secrets.get(key(name)),
    set: async (name, value) => secrets.store(key(name), value),
  };
}
