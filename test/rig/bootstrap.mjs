// Runs a script of this repository on Node 24, on a machine where nothing is installed yet. Plain JavaScript, for Node 20 and newer.
// Usage: node test/rig/bootstrap.mjs <script> [arguments]
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(fileURLToPath(import.meta.url), "../../..");
const modules = path.join(root, "node_modules");
const windows = process.platform === "win32";
const node24 = path.join(modules, "node", "bin", windows ? "node.exe" : "node");

const [script, ...args] = process.argv.slice(2);
if (script === undefined) {
  stop("bootstrap.mjs needs the script to run as its first argument.");
}
if (!isInstalled()) {
  console.error("Installing the packages of package-lock.json (npm ci)");
  npm("ci", "--ignore-scripts", "--no-audit", "--no-fund");
}
// Of all install scripts only the one of node is needed, and it alone is run, whichever npm this is.
if (!isNode24()) npm("rebuild", "node");
if (!isNode24()) {
  stop(
    "node_modules has no Node 24: its install script did not run. Allow it once with\n" +
      "  npm rebuild node --ignore-scripts=false\n" +
      "and run the command again.",
  );
}
start();

/** True when what npm recorded in node_modules is what package-lock.json asks for. */
function isInstalled() {
  const recorded = path.join(modules, ".package-lock.json");
  if (!existsSync(recorded)) return false;
  const wanted = packagesOf(path.join(root, "package-lock.json"));
  const present = packagesOf(recorded);
  return Object.entries(wanted).every(
    ([name, entry]) =>
      name === "" ||
      (present[name] === undefined
        ? entry.optional === true || entry.peer === true
        : present[name].version === entry.version),
  );
}

function packagesOf(lockfile) {
  return JSON.parse(readFileSync(lockfile, "utf8")).packages ?? {};
}

function npm(...command) {
  const npmCli = process.env.npm_execpath;
  const args = [...command, "--loglevel=error"];
  const options = { cwd: root, stdio: ["ignore", "ignore", "inherit"] };
  const { status, error } = /npm-cli\.c?js$/.test(npmCli ?? "")
    ? spawnSync(process.execPath, [npmCli, ...args], options)
    : spawnSync("npm", args, { ...options, shell: windows });
  if (error !== undefined || status !== 0) {
    stop(
      `npm ${command[0]} did not finish${error === undefined ? "" : ` (${error.message})`}. ` +
        "Check the connection to the npm registry and run the command again.",
    );
  }
}

function isNode24() {
  const { stdout } = spawnSync(node24, ["--version"], { encoding: "utf8" });
  return typeof stdout === "string" && stdout.startsWith("v24.");
}

/** Hands over to Node 24. Ctrl+C reaches the script from the terminal; this process only waits for it to end. */
function start() {
  const bin = path.join(modules, ".bin");
  const child = spawn(node24, [path.resolve(root, script), ...args], {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      PATH: `${bin}${path.delimiter}${process.env.PATH ?? ""}`,
    },
  });
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("error", (error) => stop(`Node 24 did not start: ${error.message}`));
  child.on("exit", (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 128;
  });
}

function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}
