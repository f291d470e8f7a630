/** Commands end, take nothing of the user's with them, and are held where the machine can hold them. */
import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { SandboxManager } from "@anthropic-ai/sandbox-runtime";
import { openSandbox } from "../../../src/adapters/sandbox/openSandbox.ts";
import { MAX_OUTPUT } from "../../../src/adapters/sandbox/runProcess.ts";
import { isProblem } from "../../../src/core/errors.ts";
import { quiet } from "./quiet.ts";

const never = new AbortController().signal;
const node = (script: string, ...args: string[]): readonly string[] => [
  "node",
  "-e",
  script,
  ...args,
];

/** A library that finds nothing installed: the same as on a machine without bubblewrap. */
const bareMachine = {
  ...SandboxManager,
  checkDependencies: () => ({
    errors: ["bubblewrap (bwrap) not installed"],
    warnings: [],
  }),
};

const ways = {
  "the way this machine has": () => openSandbox({ textLog: quiet }),
  "a machine that cannot hold commands": () =>
    openSandbox({
      textLog: quiet,
      load: async () => ({ SandboxManager: bareMachine }),
    }),
} as const;

for (const [way, open] of Object.entries(ways))
  describe(`Sandbox: ${way}`, () => {
    const sandbox = open();
    let cwd = "";
    before(() => {
      cwd = realpathSync(mkdtempSync(join(tmpdir(), "sand box 'ü ")));
    });
    after(async () => {
      await sandbox.dispose();
      rmSync(cwd, { recursive: true, force: true });
    });
    const run = (
      argv: readonly string[],
      timeoutMs = 30_000,
      signal: AbortSignal = never,
    ): ReturnType<typeof sandbox.run> =>
      sandbox.run({ argv, cwd, timeoutMs }, signal);

    it("gives exit code, output and whether it held", async () => {
      const status = await sandbox.status();
      const result = await run(
        node("console.log('out'); console.error('err'); process.exit(3)"),
      );
      assert.equal(result.exitCode, 3);
      assert.match(result.output, /out/u);
      assert.match(result.output, /err/u);
      assert.equal(result.timedOut, false);
      assert.equal(result.sandboxed, status.holds);
      assert.ok(result.durationMs > 0);
    });

    it("passes arguments as they are, whatever a shell would make of them", async () => {
      const odd = [
        "$HOME",
        "`id`",
        "a'b",
        '"',
        "\\",
        "*",
        "x\ny",
        "",
        "ü",
        "-e",
        ";",
        "|",
      ];
      const result = await run(
        node(
          "console.log(JSON.stringify(process.argv.slice(1)))",
          "--",
          ...odd,
        ),
      );
      assert.deepEqual(JSON.parse(result.output), odd);
    });

    it("the environment is clean: a home of its own, no secrets, the running node", async () => {
      process.env["CANARY_TOKEN"] = "hunter2";
      try {
        const { output } = await run(
          node("console.log(JSON.stringify([process.env, process.version]))"),
        );
        const [env, version] = JSON.parse(output) as [
          Record<string, string>,
          string,
        ];
        assert.ok(!JSON.stringify(env).includes("hunter2"));
        assert.notEqual(env["HOME"], homedir());
        assert.equal(env["CI"], "1");
        assert.equal(version, process.version);
        assert.ok(env["TMPDIR"]?.startsWith(env["HOME"] ?? "?"));
        assert.ok(!existsSync(env["HOME"] ?? "/"), "the home is gone");
      } finally {
        Reflect.deleteProperty(process.env, "CANARY_TOKEN");
      }
    });

    it("writes below its folder", async () => {
      await run(node("require('fs').writeFileSync('made.txt', 'x')"));
      assert.equal(readFileSync(join(cwd, "made.txt"), "utf8"), "x");
    });

    it("keeps the last 64 KB of output", async () => {
      const { output } = await run(
        node("process.stdout.write('x'.repeat(300000) + 'end')"),
      );
      assert.equal(output.length, MAX_OUTPUT);
      assert.match(output, /^\[earlier output left out\]/u);
      assert.match(output, /end$/u);
    });

    it("a command that takes too long is ended with all it started, deaf ones too", async () => {
      const ticker = `const fs = require('fs');
        process.on('SIGTERM', () => {});
        setInterval(() => fs.appendFileSync('ticks', '.'), 20);`;
      writeFileSync(join(cwd, "ticker.js"), ticker);
      const result = await run(
        node(
          "require('child_process').spawn('node', ['ticker.js'], {stdio: 'inherit'}); setInterval(() => {}, 1000)",
        ),
        1500,
      );
      assert.equal(result.timedOut, true);
      assert.equal(result.exitCode, null);
      assert.ok(result.durationMs < 7000);
      await quietFile(join(cwd, "ticks"));
    });

    it("an abort ends it and is passed on", async () => {
      const abort = new AbortController();
      const reason = new Error("stopped by the user");
      const running = run(
        node("setInterval(() => {}, 1000)"),
        60_000,
        abort.signal,
      );
      setTimeout(() => {
        abort.abort(reason);
      }, 200);
      await assert.rejects(running, (error) => error === reason);
      await assert.rejects(
        run(["true"], 1000, abort.signal),
        (error) => error === reason,
      );
    });
  });

/** Holds when nobody writes to the file any more: its size is the same over ten of the writer's beats. */
async function quietFile(path: string): Promise<void> {
  const size = (): number => (existsSync(path) ? readFileSync(path).length : 0);
  const before_ = size();
  await new Promise((done) => setTimeout(done, 200));
  assert.equal(size(), before_);
}

describe("Sandbox: what it says and refuses", () => {
  it("without its programs it says what to install", async () => {
    const sandbox = ways["a machine that cannot hold commands"]();
    const status = await sandbox.status();
    assert.equal(status.holds, false);
    if (process.platform === "linux")
      assert.match(status.why, /bubblewrap, socat and ripgrep/u);
    await sandbox.dispose();
  });

  it("a sandbox with a gap is none", async () => {
    const sandbox = openSandbox({
      textLog: quiet,
      load: async () => ({
        SandboxManager: {
          ...SandboxManager,
          checkDependencies: () => ({
            errors: [],
            warnings: ["unix socket access not restricted"],
          }),
        },
      }),
    });
    const status = await sandbox.status();
    assert.ok(!status.holds && status.why.includes("unix socket"));
  });

  it("a library that fails to load is a sandbox that does not hold", async () => {
    const sandbox = openSandbox({
      textLog: quiet,
      load: () => Promise.reject(new Error("no such module")),
    });
    const status = await sandbox.status();
    assert.ok(!status.holds && status.why.includes("no such module"));
  });

  it("a program that does not exist is a problem with a name", async () => {
    const sandbox = ways["a machine that cannot hold commands"]();
    await assert.rejects(
      sandbox.run(
        { argv: ["no-such-program"], cwd: tmpdir(), timeoutMs: 1000 },
        never,
      ),
      (error) => isProblem(error, "tool-failed"),
    );
    await assert.rejects(
      sandbox.run({ argv: [], cwd: tmpdir(), timeoutMs: 1000 }, never),
      (error) => isProblem(error, "tool-failed"),
    );
  });
});

describe("Sandbox: what it holds", () => {
  const sandbox = openSandbox({ textLog: quiet });
  after(() => sandbox.dispose());

  it("network, writes outside and the user's keys are out of reach; or it says that it does not hold", async (test) => {
    const status = await sandbox.status();
    test.diagnostic(
      status.holds
        ? `TRIED FOR REAL: this machine holds commands (${status.kind}).`
        : `NOT TRIED: this machine cannot hold commands, so only the plain way was tested. ${status.why}`,
    );
    if (!status.holds) {
      assert.match(status.why, /\.$/u);
      return;
    }
    const top = realpathSync(mkdtempSync(join(tmpdir(), "held ")));
    const cwd = join(top, "in side");
    mkdirSync(cwd);
    writeFileSync(join(cwd, ".git"), "gitdir: /elsewhere\n");
    writeFileSync(join(top, "secret"), "hunter2");
    const hiding = openSandbox({
      textLog: quiet,
      hidden: [join(top, "secret")],
    });
    const server = createServer((_, answer) => answer.end("reached"));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const script = `
      const fs = require('fs');
      const tried = {};
      const attempt = (name, work) => { try { tried[name] = String(work()); } catch { tried[name] = 'denied'; } };
      attempt('outside', () => fs.writeFileSync('../outside', 'x'));
      attempt('pointer', () => fs.writeFileSync('.git', 'gitdir: /mine'));
      attempt('secret', () => fs.readFileSync('../secret', 'utf8'));
      attempt('inside', () => { fs.writeFileSync('inside', 'x'); return 'ok'; });
      fetch('http://127.0.0.1:${String(port)}/').then((answer) => answer.text()).catch(() => 'denied')
        .then((text) => { tried.network = text; console.log(JSON.stringify(tried)); });
    `;
    try {
      const { output, sandboxed } = await hiding.run(
        { argv: node(script), cwd, timeoutMs: 30_000 },
        never,
      );
      assert.ok(sandboxed);
      assert.deepEqual(JSON.parse(output.trim()), {
        outside: "denied",
        pointer: "denied",
        secret: "denied",
        inside: "ok",
        network: "denied",
      });
      assert.ok(!existsSync(join(top, "outside")));
    } finally {
      server.close();
      await hiding.dispose();
      rmSync(top, { recursive: true, force: true });
    }
  });

  it("a command of somebody else reads the system and its own folder, and nothing of the user's", async (test) => {
    const { holds } = await sandbox.status();
    if (!holds) {
      test.diagnostic("NOT TRIED: this machine cannot hold commands.");
      return;
    }
    const top = realpathSync(mkdtempSync(join(tmpdir(), "apart ")));
    const cwd = join(top, "in side");
    mkdirSync(cwd);
    writeFileSync(join(top, "other"), "hunter2");
    writeFileSync(join(cwd, "own"), "mine");
    const script = `
      const fs = require('fs');
      const read = (path) => { try { return String(fs.readFileSync(path)).length > 0; } catch { return false; } };
      fs.writeFileSync('made', 'x');
      console.log(JSON.stringify([read('own'), read('made'), read('../other'), read(process.argv[1])]));
    `;
    const command = { argv: node(script, import.meta.filename), cwd };
    const seen = async (apart: boolean): Promise<unknown> => {
      const { output } = await sandbox.run(
        { ...command, timeoutMs: 30_000, apart },
        never,
      );
      return JSON.parse(output.trim());
    };
    try {
      assert.deepEqual(await seen(false), [true, true, true, true]);
      assert.deepEqual(await seen(true), [true, true, false, false]);
    } finally {
      rmSync(top, { recursive: true, force: true });
    }
  });
});
