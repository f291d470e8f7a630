import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** What stands in every file that must never be read. */
export const SECRET = "this must stay outside";

/**
 * A folder `root` and its surroundings, full of ways out: links to files, folders and each other, a sibling whose name begins with
 * `root`, a hard link, protected folders with links to them.
 */
export function trap(t: TestContext): { base: string; root: string } {
  const base = mkdtempSync(join(tmpdir(), "roundtable-trap-"));
  t.after(() => {
    rmSync(base, { recursive: true, force: true });
  });
  const root = join(base, "root");
  for (const folder of [
    "root/src/deep",
    "root/.git/hooks",
    "root/.vscode",
    "root-sibling",
    "rootless",
    "outside/deep",
  ])
    mkdirSync(join(base, folder), { recursive: true });
  for (const file of [
    "root-sibling/a.txt",
    "rootless/a.txt",
    "outside/a.txt",
    "outside/deep/a.txt",
    "a.txt",
  ])
    writeFileSync(join(base, file), SECRET);
  for (const file of ["a.txt", "src/a.txt", "src/deep/a.txt"])
    writeFileSync(join(root, file), "inside");
  writeFileSync(join(root, ".git/config"), "protected");
  writeFileSync(join(root, ".vscode/settings.json"), "protected");
  for (const [name, target] of Object.entries({
    "out-file": "../outside/a.txt",
    "out-dir": "../outside",
    "out-absolute": join(base, "outside"),
    "out-new": "../outside/new.txt",
    "out-nothing": "../outside/nothing/at/all",
    sibling: "../root-sibling",
    up: "..",
    twice: "out-dir/deep",
    circle: "circle",
    "src/up": "../../outside",
    "git-link": ".git",
    "config-link": ".git/config",
    "settings-link": ".vscode/settings.json",
    "in-file": "src/a.txt",
    "in-dir": "src/deep",
    itself: ".",
  }))
    symlinkSync(target, join(root, name));
  writeFileSync(join(base, "outside/hard.txt"), "shared");
  linkSync(join(base, "outside/hard.txt"), join(root, "hard.txt"));
  return { base, root };
}

/** Everything below a folder with its content, links unread, but for what lies in `except`. */
export function snapshot(
  folder: string,
  except?: string,
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const visit = (path: string): void => {
    if (path === except) return;
    const stats = lstatSync(path);
    if (stats.isSymbolicLink()) found[path] = `-> ${readlinkSync(path)}`;
    else if (stats.isFile()) found[path] = readFileSync(path, "utf8");
    else {
      found[path] = "folder";
      for (const name of readdirSync(path)) visit(join(path, name));
    }
  };
  visit(folder);
  return found;
}
