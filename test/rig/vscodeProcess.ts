import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { installVsCodeServer } from "./vscodeServer.ts";

/**
 * How to start a VS Code server. `trusted: false` leaves workspaces in Restricted Mode; the extension, a folder or a `vsix`, is installed
 * before the start; `automation` lets a window load a module with tests, at the price of showing no notification toasts and no dialogs.
 * A server that is not `lasting` ends by itself five minutes after its last window, should its test be killed.
 */
export interface ServerOptions {
  readonly trusted: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
  readonly automation: boolean;
  readonly lasting?: boolean;
  readonly extensionDir?: string;
  readonly vsix?: string;
}

/** A running VS Code server with folders of its own, removed by `stop`. */
export interface Server {
  readonly port: number;
  /** The server's data folder: settings and what extensions store. */
  readonly dataDir: string;
  /** Everything the server has printed so far. */
  readonly log: () => string;
  /** Resolves with the first match in what the server prints, past or future; rejects after `timeoutMs` or when the server ends. */
  readonly printed: (
    pattern: RegExp,
    timeoutMs: number,
  ) => Promise<RegExpExecArray>;
  readonly stop: () => Promise<void>;
}

/** Starts VS Code's server on a free loopback port and resolves when it accepts windows. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const vscode = await installVsCodeServer();
  const data = await mkdtemp(path.join(tmpdir(), "roundtable-vscode-"));
  await mkdir(path.join(data, "data", "Machine"), { recursive: true });
  await writeFile(
    path.join(data, "data", "Machine", "settings.json"),
    JSON.stringify({ ...quietSettings, ...options.settings }, null, 2),
  );
  const extensions = path.join(data, "extensions");
  if (options.extensionDir !== undefined) {
    await linkExtension(options.extensionDir, extensions);
  }
  const child = spawn(
    process.execPath,
    [
      path.join(vscode, "out", "server-main.js"),
      ...["--host", "127.0.0.1", "--port", "0"],
      ...["--telemetry-level", "off", "--without-connection-token"],
      "--accept-server-license-terms",
      ...["--server-data-dir", data, "--extensions-dir", extensions],
      ...(options.lasting === true ? [] : ["--enable-remote-auto-shutdown"]),
      ...(options.automation ? ["--enable-smoke-test-driver"] : []),
      ...(options.trusted ? ["--disable-workspace-trust"] : []),
      ...(options.vsix === undefined
        ? []
        : ["--install-extension", options.vsix, "--start-server"]),
    ],
    {
      env: { ...withoutVsCode(process.env), ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: groups,
    },
  );
  const printed = readLog(child);
  const abandoned = (): void => {
    signalAll(child, "SIGKILL");
  };
  process.once("exit", abandoned);
  const stop = async (): Promise<void> => {
    await end(child);
    process.off("exit", abandoned);
    await rm(data, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const [, port] = await printed.match(/listening on (\d+)/, 60_000);
    return {
      port: Number(port),
      dataDir: data,
      log: printed.text,
      printed: printed.match,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const quietSettings = {
  "workbench.startupEditor": "none",
  "telemetry.telemetryLevel": "off",
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "git.openRepositoryInParentFolders": "never",
};

/** Installs an extension as VS Code would, but by a link: what a test then loads is what was built last. */
async function linkExtension(
  extensionDir: string,
  extensions: string,
): Promise<void> {
  const manifest = JSON.parse(
    await readFile(path.join(extensionDir, "package.json"), "utf8"),
  ) as Readonly<Record<"publisher" | "name" | "version", string>>;
  const { publisher, name, version } = manifest;
  await mkdir(extensions, { recursive: true });
  await symlink(
    extensionDir,
    path.join(extensions, `${publisher}.${name}-${version}`),
    process.platform === "win32" ? "junction" : "dir",
  );
}

/** A terminal inside VS Code hands its own settings down; a server started from there must not see them. */
function withoutVsCode(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|NODE_TEST)/.test(name),
    ),
  );
}

function readLog(child: ChildProcess): {
  readonly text: () => string;
  readonly match: Server["printed"];
} {
  let text = "";
  const watchers = new Set<() => void>();
  const add = (chunk: Buffer): void => {
    text += chunk.toString();
    for (const look of watchers) look();
  };
  child.stdout?.on("data", add);
  child.stderr?.on("data", add);

  const match: Server["printed"] = (pattern, timeoutMs) =>
    new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        watchers.delete(look);
        clearTimeout(timer);
        child.off("exit", ended);
        act();
      };
      const look = (): void => {
        const found = pattern.exec(text);
        if (found !== null)
          settle(() => {
            resolve(found);
          });
      };
      const fail = (why: string): void => {
        settle(() => {
          reject(
            new Error(
              `The VS Code server ${why} before it printed ${String(pattern)}. The end of its log:\n${text.slice(-3000)}`,
            ),
          );
        });
      };
      const ended = (): void => {
        fail("ended");
      };
      const timer = setTimeout(() => {
        fail(`needed more than ${String(timeoutMs)} ms`);
      }, timeoutMs);
      watchers.add(look);
      child.once("exit", ended);
      look();
    });
  return { text: () => text.replaceAll(missingFileLogger, ""), match };
}

/** The one native module the server would like to have and does without (see installVsCodeServer); it says so at length. */
const missingFileLogger =
  /^.*Error: Could not locate the bindings file\. Tried:\n(?: → .*\n)+(?: {4}at .*\n)*?(?: {4}at .*\{\n {2}tries: \[\n(?: {4}'.*\n)+ {2}\]\n\}\n|(?! {4}at ))/gm;

/** Ends the server and what it has started, so that nothing writes into its folders any more. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, "exit");
    signalAll(child, "SIGTERM");
    const impatient = setTimeout(() => {
      signalAll(child, "SIGKILL");
    }, 5_000);
    await exited;
    clearTimeout(impatient);
  }
  signalAll(child, "SIGKILL");
}

/** Signals the process group that the server leads; Windows has none and ends the server alone. */
function signalAll(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (!groups) {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

const groups = process.platform !== "win32";
