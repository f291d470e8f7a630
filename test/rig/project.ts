import { spawn } from "node:child_process";
import path from "node:path";

/** Absolute path of the repository. */
export const root = path.resolve(import.meta.dirname, "../..");

/** Where tools too big for `node_modules` are kept between runs. */
export const cacheFolder = path.join(root, ".vscode-test");

/** Absolute path of something inside the repository. */
export function inRoot(...parts: readonly string[]): string {
  return path.join(root, ...parts);
}

/** What a finished program left behind; `code` is 128 when a signal ended it. */
export interface Finished {
  readonly code: number;
  readonly output: string;
}

/** How to run a program: `show` passes its output through to the terminal as well as returning it. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly show?: boolean;
  readonly shell?: boolean;
}

/** Runs a program to its end and returns exit code and output; rejects only when it could not be started. */
export function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      shell: options.shell ?? false,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const collect = (target: NodeJS.WriteStream) => (chunk: Buffer) => {
      output += chunk.toString();
      if (options.show === true) target.write(chunk);
    };
    child.stdout.on("data", collect(process.stdout));
    child.stderr.on("data", collect(process.stderr));
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code: code ?? 128, output });
    });
  });
}

/** Runs a file with the Node that runs this one. */
export function runNode(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  return run(process.execPath, args, options);
}

/**
 * Runs npm in `cwd` and throws with the end of its output when it fails.
 * The settings npm hands to its own scripts are removed, so that an npm inside an npm script looks at `cwd`.
 */
export async function runNpm(
  args: readonly string[],
  cwd: string,
): Promise<void> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^npm_(package|lifecycle)_|^npm_config_(local_prefix|prefix)$|^INIT_CWD$/i.test(
          name,
        ),
    ),
  );
  const npmCli = process.env["npm_execpath"];
  const isNpm = npmCli !== undefined && /npm-cli\.c?js$/.test(npmCli);
  const finished = isNpm
    ? await runNode([npmCli, ...args], { cwd, env })
    : await run("npm", args, { cwd, env, shell: process.platform === "win32" });
  if (finished.code !== 0) {
    throw new Error(
      `npm ${args.join(" ")} failed in ${cwd}. Check the connection to the npm registry and run the command again.\n` +
        finished.output.slice(-2000),
    );
  }
}
