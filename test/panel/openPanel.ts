import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";

import type { FromPage, ToPage } from "../../src/protocol/panel.ts";
import { launchChromium } from "../rig/chromium.ts";
import { inRoot } from "../rig/project.ts";
import { themeStyle, type Theme } from "./themes.ts";

/** A browser with the panel's bundle at hand. */
export interface PanelRig {
  /** Bytes of the bundle as it is shipped. */
  readonly code: Uint8Array;
  /** Opens the page as VS Code would: own origin, the real content policy, a host that records what is posted. */
  readonly open: (options?: OpenOptions) => Promise<Panel>;
  readonly close: () => Promise<void>;
}

/** How to open the page. `state` is what VS Code kept from an earlier life of the page. */
export interface OpenOptions {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  readonly state?: unknown;
}

/** One open page. */
export interface Panel {
  readonly page: Page;
  /** Plays the extension. Resolves when the page has drawn the message. */
  readonly send: (...messages: readonly ToPage[]) => Promise<void>;
  readonly posted: () => Promise<readonly FromPage[]>;
  /** What the page handed to VS Code to keep. */
  readonly kept: () => Promise<unknown>;
  /** What broke the content policy, what the page threw, and every request but those for the page itself. */
  readonly trouble: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** Bundles the panel and starts the browser; close it when done. */
export async function startPanelRig(): Promise<PanelRig> {
  const bundled = await build({
    entryPoints: [inRoot("src/panel/main.ts")],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "chrome130",
    legalComments: "none",
    define: { "process.env.NODE_ENV": '"production"' },
    tsconfigRaw: { compilerOptions: { target: "ES2023" } },
  });
  const code = bundled.outputFiles[0]?.contents ?? new Uint8Array();
  const browser = await launchChromium();
  return {
    code,
    open: (options = {}) => openPanel(browser, code, options),
    close: () => browser.close(),
  };
}

async function openPanel(
  browser: Browser,
  code: Uint8Array,
  options: OpenOptions,
): Promise<Panel> {
  const server = await serve(code, options.theme ?? "dark");
  const { width = 380, height = 820, state } = options;
  const page = await browser.newPage({ viewport: { width, height } });
  const trouble: string[] = [];
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on("request", (request) => {
    if (!server.own.includes(request.url())) trouble.push(request.url());
  });
  await page.addInitScript(standIn, state);
  await page.goto(server.url);
  await page.locator("#page > *").first().waitFor();
  return {
    page,
    send: async (...messages) => {
      await page.evaluate(
        (sent) =>
          new Promise<void>((resolve) => {
            for (const message of sent)
              window.dispatchEvent(
                new MessageEvent("message", { data: message }),
              );
            requestAnimationFrame(() =>
              requestAnimationFrame(() => {
                resolve();
              }),
            );
          }),
        messages,
      );
    },
    posted: () =>
      page.evaluate(() => (window as unknown as HostWindow).host.posted),
    kept: () =>
      page.evaluate(() => (window as unknown as HostWindow).host.kept),
    trouble: async () => [
      ...trouble,
      ...(await page.evaluate(
        () => (window as unknown as HostWindow).host.violations,
      )),
    ],
    close: async () => {
      await page.close();
      await server.close();
    },
  };
}

/** The host as the page in the browser sees it; VS Code's own, which this stands in for, cannot be had in a bare browser. */
interface HostWindow {
  host: {
    readonly posted: FromPage[];
    readonly violations: string[];
    kept: unknown;
  };
  acquireVsCodeApi: () => unknown;
}

/** Runs in the page before anything else. */
function standIn(state: unknown): void {
  const host: HostWindow["host"] = { posted: [], violations: [], kept: state };
  document.addEventListener("securitypolicyviolation", (event) => {
    host.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
  });
  Object.assign(window, {
    host,
    acquireVsCodeApi: () => ({
      postMessage: (message: FromPage) => host.posted.push(message),
      getState: () => host.kept,
      setState: (kept: unknown) => {
        host.kept = kept;
      },
    }),
  });
}

async function serve(code: Uint8Array, theme: Theme) {
  const nonce = randomBytes(16).toString("base64");
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8">
    <title>Roundtable</title>
    <style nonce="${nonce}">${themeStyle(theme)}</style></head>
    <body><script type="module" nonce="${nonce}" src="/panel.js"></script></body></html>`;
  const server = createServer((request, response) => {
    const script = request.url === "/panel.js";
    response.writeHead(200, {
      "content-type": script ? "text/javascript" : "text/html",
      "content-security-policy": policy,
    });
    response.end(script ? code : html);
  });
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      resolve();
    }),
  );
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${String(port)}/`;
  return {
    url,
    own: [url, `${url}panel.js`],
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
