import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const FILES = {
  "package.json": `{ "name": "shop", "version": "1.0.0", "type": "module" }\n`,
  "src/reports.js": `import { execFile } from "node:child_process";

/** Packs a report for the accountant. */
export function archive(name, done) {
  execFile("tar", ["-cf", "reports.tar", name], done);
}
`,
  "tools/fetch.py": `import requests


def fetch(url):
    return requests.get(url, timeout=5)
`,
};

const PLANTED = {
  "src/reports.js": `import { exec } from "node:child_process";

/** Packs a report for the accountant. */
export function archive(name, done) {
  exec("tar -cf reports.tar " + name, done);
}

export function total(formula) {
  return eval(formula);
}
`,
  "tools/fetch.py": `import requests


def fetch(url):
    return requests.get(url, timeout=5, verify=False)
`,
};

/** A repository whose working tree holds planted bugs, for reviews: in line 5 and 9 of `src/reports.js` and in line 5 of `tools/fetch.py`, which a tool knows how to fix. */
export interface ReviewRepo {
  readonly folder: string;
  readonly remove: () => Promise<void>;
}

/** Makes it in a temporary folder; the last part of its path is `shop`. */
export async function makeReviewRepo(): Promise<ReviewRepo> {
  const parent = await realpath(
    await mkdtemp(path.join(tmpdir(), "roundtable-review-")),
  );
  const folder = path.join(parent, "shop");
  const git = async (...args: readonly string[]): Promise<void> => {
    await promisify(execFile)("git", args, { cwd: folder });
  };
  const write = async (
    files: Readonly<Record<string, string>>,
  ): Promise<void> => {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  };
  await write(FILES);
  await git("init", "--quiet", "--initial-branch=main");
  await git("config", "user.name", "Sample");
  await git("config", "user.email", "sample@localhost");
  await git("add", ".");
  await git("commit", "--quiet", "--message", "Open the shop");
  await write(PLANTED);
  return {
    folder,
    remove: () => rm(parent, { recursive: true, force: true, maxRetries: 5 }),
  };
}
