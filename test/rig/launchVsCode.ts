import type { Frame, Page } from "playwright-core";

import { launchChromium } from "./chromium.ts";
import { startServer } from "./vscodeProcess.ts";

/** What to open; paths are absolute. Give the extension as a folder or as a packaged `vsix`. */
export interface Launch {
  readonly workspace: string;
  readonly extensionDir?: string;
  readonly vsix?: string;
  /** A compiled module whose `run()` VS Code calls in the extension host. */
  readonly testsPath?: string;
  /** Machine settings; application-scoped ones have no effect. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** False opens the folder in Restricted Mode; true unless given. */
  readonly trusted?: boolean;
  /** Added to the environment of the server and of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** Size of the window in CSS pixels, 1280 × 800 unless given. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** A window of VS Code in a headless browser, driven from a test. */
export interface VsCodeWindow {
  readonly page: Page;
  /** Runs a command through the palette, by the title a user sees (with its category, as in `Roundtable: Plan a Task`). */
  readonly command: (title: string) => Promise<void>;
  /** Finds the webview frame that shows `selector`; rejects after `timeoutMs` (20,000 unless given). */
  readonly frameWith: (selector: string, timeoutMs?: number) => Promise<Frame>;
  /** The texts of the notifications on the screen, newest first. */
  readonly notifications: () => Promise<readonly string[]>;
  /** Runs *Reload Window* and resolves when the workbench is back: the extension host is replaced, the server stays. */
  readonly reload: () => Promise<void>;
}

/** A running VS Code with its first window. */
export interface VsCode extends VsCodeWindow {
  readonly url: string;
  /** The server's data folder: settings and what extensions store. */
  readonly dataDir: string;
  /** Opens one more window on the same workspace. */
  readonly anotherWindow: () => Promise<VsCodeWindow>;
  /** Everything the server and the extension host have printed so far. */
  readonly serverLog: () => string;
  /** Resolves with the first match in the server's log; rejects after `timeoutMs`. */
  readonly printed: (
    pattern: RegExp,
    timeoutMs: number,
  ) => Promise<RegExpExecArray>;
  /** Closes window and server and removes what they wrote. */
  readonly close: () => Promise<void>;
}

/** Opens a real VS Code and resolves when its workbench is on the screen. */
export async function launchVsCode(launch: Launch): Promise<VsCode> {
  const server = await startServer({
    trusted: launch.trusted ?? true,
    settings: launch.settings ?? {},
    env: launch.env ?? {},
    automation: launch.testsPath !== undefined,
    ...(launch.extensionDir === undefined || launch.testsPath !== undefined
      ? {}
      : { extensionDir: launch.extensionDir }),
    ...(launch.vsix === undefined ? {} : { vsix: launch.vsix }),
  });
  const browser = await launchChromium().catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  const close = async (): Promise<void> => {
    await browser.close();
    await server.stop();
  };
  try {
    const url = windowUrl(server.port, launch);
    const anotherWindow = async (): Promise<VsCodeWindow> => {
      const page = await browser.newPage({
        viewport: launch.viewport ?? { width: 1280, height: 800 },
      });
      return openWindow(page, url);
    };
    return {
      ...(await anotherWindow()),
      url,
      dataDir: server.dataDir,
      anotherWindow,
      serverLog: server.log,
      printed: server.printed,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openWindow(page: Page, url: string): Promise<VsCodeWindow> {
  const workbench = page.locator(".monaco-workbench .statusbar-item").first();
  page.setDefaultTimeout(30_000);
  await page.goto(url);
  await workbench.waitFor();
  return {
    page,
    command: (title) => runCommand(page, title),
    frameWith: (selector, timeoutMs = 20_000) =>
      frameWith(page, selector, timeoutMs),
    notifications: () =>
      page.locator(".notification-list-item-message").allInnerTexts(),
    reload: async () => {
      const loaded = page.waitForEvent("domcontentloaded");
      await runCommand(page, "Developer: Reload Window");
      await loaded;
      await workbench.waitFor();
    },
  };
}

/** The address of a window on a server at `port` of this machine, with what it shall load. */
export function windowUrl(
  port: number,
  launch: Pick<Launch, "workspace" | "extensionDir" | "testsPath">,
): string {
  const authority = `127.0.0.1:${String(port)}`;
  const remote = (file: string): string =>
    `vscode-remote://${authority}${encodeURI(uriPath(file))}`;
  const folder = encodeURIComponent(uriPath(launch.workspace));
  const opened = `http://${authority}/?folder=${folder}`;
  if (launch.testsPath === undefined) return opened;
  const payload = [
    ["extensionTestsPath", remote(launch.testsPath)],
    ...(launch.extensionDir === undefined
      ? []
      : [["extensionDevelopmentPath", remote(launch.extensionDir)]]),
  ];
  return `${opened}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

function uriPath(file: string): string {
  const slashed = file.replaceAll("\\", "/");
  return slashed.startsWith("/") ? slashed : `/${slashed}`;
}

/** A command appears in the palette only when its extension is loaded, so the palette is opened again until it does. */
async function runCommand(page: Page, title: string): Promise<void> {
  const input = page.locator(".quick-input-widget input[type=text]").first();
  const entry = page
    .locator(".quick-input-list .monaco-list-row")
    .filter({ has: page.getByText(title, { exact: true }) })
    .first();
  const deadline = Date.now() + 30_000;
  const open = async (): Promise<void> => {
    await page.keyboard.press("F1");
    await input.fill(`>${title}`, { timeout: 2_000 });
    await entry.click({ timeout: 1_500 });
  };
  for (;;) {
    // The palette closes when something else takes the focus, as a window does that is still coming up.
    const failure = await open().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure === undefined) return;
    await page.keyboard.press("Escape");
    if (Date.now() > deadline) {
      throw new Error(`The command palette does not offer "${title}".`, {
        cause: failure,
      });
    }
  }
}

async function frameWith(
  page: Page,
  selector: string,
  timeoutMs: number,
): Promise<Frame> {
  const deadline = Date.now() + timeoutMs;
  do {
    for (const frame of page.frames()) {
      // A frame that is being replaced rejects; the next look sees its successor.
      const count = await frame
        .locator(selector)
        .count()
        .catch(() => 0);
      if (count > 0 && frame !== page.mainFrame()) return frame;
    }
    await page.waitForTimeout(100);
  } while (Date.now() < deadline);
  throw new Error(
    `No webview shows ${selector} after ${String(timeoutMs)} ms. Frames: ${page
      .frames()
      .map((frame) => frame.url())
      .join(", ")}`,
  );
}
