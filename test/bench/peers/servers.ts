import type { ChildProcess } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, connect } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import type { Target } from "./words.ts";

/** A server that runs in a process of its own. */
export interface Server {
  readonly target: Target;
  /** Sends a line to the server and returns the line it answers with. */
  ask(line: string): Promise<unknown>;
  stop(): Promise<void>;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.stdin?.end();
  child.kill();
  await ended;
}

/** Starts one of the children in this folder; its first line is its target. */
export async function startChild(
  file: string,
  nodeFlags: readonly string[] = [],
): Promise<Server> {
  const child = spawn(
    process.execPath,
    [...nodeFlags, join(import.meta.dirname, file)],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const lines = createInterface({ input: child.stdout });
  const next = async (): Promise<unknown> => {
    const [line] = (await once(lines, "line")) as [string];
    return JSON.parse(line);
  };
  const target = (await next()) as Target;
  return {
    target,
    ask(line) {
      const answer = next();
      child.stdin.write(`${line}\n`);
      return answer;
    },
    stop: () => end(child),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Starts a broker of the system's packages on a free port of loopback, its data in a folder of its own; undefined, and said loudly, where it is not installed. */
async function startBroker(
  program: string,
  args: (
    port: number,
    dir: string,
  ) => readonly string[] | Promise<readonly string[]>,
): Promise<Server | undefined> {
  if (spawnSync(program, ["--version"]).error !== undefined) {
    console.error(
      `SKIPPED: ${program} is not installed, so nothing is compared with it here.`,
    );
    return undefined;
  }
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), "roundtable-bench-"));
  const child = spawn(program, await args(port, dir), { stdio: "ignore" });
  for (let tries = 0; !(await listens(port)); tries += 1) {
    if (tries > 200 || child.exitCode !== null)
      throw new Error(`${program} did not start`);
    await wait(25);
  }
  return {
    target: { port, token: "" },
    ask: () => Promise.reject(new Error(`${program} answers no lines`)),
    async stop() {
      await end(child);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** NATS with JetStream on files. */
export function startNats(): Promise<Server | undefined> {
  return startBroker("nats-server", (port, dir) => [
    ...["-a", "127.0.0.1", "-p", String(port)],
    ...["-js", "-sd", dir],
  ]);
}

/** Redis that syncs its append-only file before it answers. */
export function startRedis(): Promise<Server | undefined> {
  return startBroker("redis-server", (port, dir) => [
    ...["--bind", "127.0.0.1", "--port", String(port), "--dir", dir],
    ...["--save", "", "--appendonly", "yes", "--appendfsync", "always"],
  ]);
}

/** mosquitto with room for whatever the bench has under way. */
export function startMosquitto(): Promise<Server | undefined> {
  return startBroker("mosquitto", async (port, dir) => {
    const file = join(dir, "mosquitto.conf");
    await writeFile(
      file,
      [
        `listener ${String(port)} 127.0.0.1`,
        "allow_anonymous true",
        "max_queued_messages 0",
        "max_inflight_messages 0",
        "set_tcp_nodelay true",
        "",
      ].join("\n"),
    );
    return ["-c", file];
  });
}
