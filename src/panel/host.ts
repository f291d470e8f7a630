import type { FromPage, ToPage } from "../protocol/panel.ts";
import { restored, type Remembered } from "./remembered.ts";

/** What VS Code gives to a webview's page. */
interface VsCodeApi {
  readonly postMessage: (message: FromPage) => void;
  readonly getState: () => unknown;
  readonly setState: (state: Remembered) => void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The page's one connection to the extension. */
export interface Host {
  readonly post: (message: FromPage) => void;
  /** What the page looked like before it was hidden. */
  readonly recall: () => Remembered;
  readonly remember: (state: Remembered) => void;
}

/** Connects the page and hands every message of the extension to `receive`. May be called once: VS Code gives its interface out once. */
export function connectHost(receive: (message: ToPage) => void): Host {
  const vscode = acquireVsCodeApi();
  window.addEventListener("message", (event: MessageEvent<ToPage>) => {
    receive(event.data);
  });
  return {
    post: (message) => {
      vscode.postMessage(message);
    },
    recall: () => restored(vscode.getState()),
    remember: (state) => {
      vscode.setState(state);
    },
  };
}
