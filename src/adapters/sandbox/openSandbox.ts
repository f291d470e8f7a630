/** Runs commands, held by the operating system where it can hold them. */
import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { SandboxManager as Manager } from "@anthropic-ai/sandbox-runtime";
import type { Lifetime, Sandbox, TextLog } from "../../ports.ts";
import { readableApart } from "./apart.ts";
import { cleanHome, type CleanHome } from "./cleanHome.ts";
import { runProcess } from "./runProcess.ts";
import { shellQuote } from "./shellQuote.ts";

type Status = Awaited<ReturnType<Sandbox["status"]>>;
type SandboxManager = typeof Manager;

/** Where people keep keys; hidden from commands though they may read everything else. */
const SECRETS = [
  ".ssh",
  ".aws",
  ".config/gh",
  ".config/gcloud",
  ".docker/config.json",
  ".kube",
  ".gnupg",
  ".npmrc",
  ".netrc",
  ".git-credentials",
];

/** What makes tools run things later, when nobody watches; read-only even below the command's folder. */
const PROTECTED = [
  ".git",
  ".vscode",
  ".idea",
  ".devcontainer",
  ".mcp.json",
  ".claude",
  ".husky",
  ".npmrc",
];

const PROBE_MS = 20_000;

/**
 * Opens the sandbox; nothing starts before the first call. `load` brings the library, so that a machine without it can be shown in a
 * test; `hidden` adds paths no command may read. Disposing stops the library's local proxies, which refuse all network.
 */
export function openSandbox(options: {
  readonly textLog: TextLog;
  readonly hidden?: readonly string[];
  readonly load?: () => Promise<{ readonly SandboxManager: SandboxManager }>;
}): Sandbox & Lifetime {
  const load = options.load ?? (() => import("@anthropic-ai/sandbox-runtime"));
  let manager: SandboxManager | undefined;
  let probed: Promise<Status> | undefined;
  const hidden = [
    ...SECRETS.map((path) => join(homedir(), path)),
    ...(options.hidden ?? []),
  ];
  const wrap = (
    from: SandboxManager,
    argv: readonly string[],
    cwd: string,
    home: CleanHome,
    apart: boolean,
  ): Promise<readonly string[]> =>
    wrapped(from, argv, { cwd, home, hidden, apart });

  const probe = async (): Promise<Status> => {
    const home = await cleanHome();
    try {
      const { SandboxManager } = await load();
      const why = missing(SandboxManager);
      if (why !== undefined) return { holds: false, why };
      await SandboxManager.initialize(policy([], [], []));
      manager = SandboxManager;
      const argv = await wrap(SandboxManager, ["true"], home.dir, home, false);
      const { exitCode, output } = await runProcess(
        { argv, cwd: home.dir, env: home.env, timeoutMs: PROBE_MS },
        new AbortController().signal,
      );
      if (exitCode === 0) return { holds: true, kind: kind() };
      return {
        holds: false,
        why: `The sandbox is installed but does not start here: ${lastLine(output)}.${userNamespaces()}`,
      };
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      return {
        holds: false,
        why: `The sandbox does not start: ${said}.${userNamespaces()}`,
      };
    } finally {
      await home.remove();
    }
  };
  const status = (): Promise<Status> => {
    probed ??= probe().then((found) => {
      if (found.holds) options.textLog.info("sandbox holds", { ...found });
      else options.textLog.warn("no sandbox", { ...found });
      return found;
    });
    return probed;
  };
  return {
    status,
    run: async (command, signal) => {
      const { holds } = await status();
      signal.throwIfAborted();
      const home = await cleanHome();
      try {
        const cwd = await realpath(command.cwd);
        const held = holds ? manager : undefined;
        const argv =
          held === undefined
            ? command.argv
            : await wrap(held, command.argv, cwd, home, command.apart === true);
        const result = await runProcess(
          { argv, cwd, env: home.env, timeoutMs: command.timeoutMs },
          signal,
        );
        held?.cleanupAfterCommand();
        return { ...result, sandboxed: held !== undefined };
      } finally {
        await home.remove();
      }
    },
    dispose: async () => {
      const held = manager;
      manager = undefined;
      probed = undefined;
      await held?.reset();
    },
  };
}

/** The command as something to start that holds it: no network, writes only below `cwd` and its own home. */
async function wrapped(
  manager: SandboxManager,
  argv: readonly string[],
  {
    cwd,
    home,
    hidden,
    apart,
  }: {
    readonly cwd: string;
    readonly home: CleanHome;
    readonly hidden: readonly string[];
    readonly apart: boolean;
  },
): Promise<readonly string[]> {
  // The library sets a temporary folder of its own that all commands share; ours is put back inside.
  const line = `export TMPDIR=${shellQuote([join(home.dir, "tmp")])}; exec ${shellQuote(argv)}`;
  const { argv: outer } = await manager.wrapWithSandboxArgv(
    line,
    undefined,
    policy(
      [cwd, home.dir],
      PROTECTED.map((path) => join(cwd, path)).filter((path) =>
        existsSync(path),
      ),
      [...(apart ? ["/"] : []), ...hidden.filter((path) => existsSync(path))],
      apart ? await readableApart([cwd, home.dir]) : [],
    ),
    undefined,
    cwd,
  );
  return outer;
}

function policy(
  allowWrite: readonly string[],
  denyWrite: readonly string[],
  denyRead: readonly string[],
  allowRead: readonly string[] = [],
): Parameters<SandboxManager["initialize"]>[0] {
  return {
    network: { allowedDomains: [], deniedDomains: [] },
    filesystem: {
      allowWrite: [...allowWrite],
      denyWrite: [...denyWrite],
      denyRead: [...denyRead],
      ...(allowRead.length > 0 && { allowRead: [...allowRead] }),
    },
  };
}

/** Why the sandbox cannot work here, as a sentence; undefined when nothing is known to be missing. */
function missing(manager: SandboxManager): string | undefined {
  if (process.platform === "win32" || !manager.isSupportedPlatform())
    return "There is no sandbox for this operating system yet, so every command is asked about first.";
  const { errors, warnings } = manager.checkDependencies();
  if (errors.length === 0 && warnings.length === 0) return undefined;
  // A warning is a gap, such as local sockets left open: a way out to Docker or an SSH agent. Half a sandbox is none.
  if (errors.length === 0)
    return `Commands cannot be held on this machine: ${warnings.join(", ")}. Reinstall the extension for this processor; until then every command is asked about first.`;
  const what =
    process.platform === "linux"
      ? "Install bubblewrap, socat and ripgrep (Debian and Ubuntu: sudo apt-get install bubblewrap socat ripgrep), then reload."
      : "Install ripgrep (brew install ripgrep), then reload.";
  return `Commands cannot be held on this machine: ${errors.join(", ")}. ${what}`;
}

function kind(): string {
  return process.platform === "darwin" ? "seatbelt" : "bubblewrap";
}

function userNamespaces(): string {
  return process.platform === "linux"
    ? " Check that user namespaces are allowed (kernel.apparmor_restrict_unprivileged_userns = 0 on Ubuntu), then reload."
    : "";
}

function lastLine(output: string): string {
  return (
    output
      .trim()
      .split("\n")
      .at(-1)
      ?.replace(/[.\s]+$/u, "") ?? ""
  );
}
