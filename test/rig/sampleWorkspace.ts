import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { run } from "./project.ts";

/** A folder to open in an editor; `remove` deletes it. */
export interface SampleWorkspace {
  readonly folder: string;
  readonly remove: () => Promise<void>;
}

const files: Readonly<Record<string, string>> = {
  "README.md": "# Prices\n\nAdds up what is in a basket.\n",
  "package.json": `{
  "name": "prices",
  "private": true,
  "type": "module",
  "scripts": { "test": "node --test" }
}
`,
  "basket.js": `export function total(prices) {
  return prices.reduce((sum, price) => sum + price, 0);
}
`,
  "basket.test.js": `import assert from "node:assert/strict";
import test from "node:test";

import { total } from "./basket.js";

test("a basket costs the sum of its prices", () => {
  assert.equal(total([1, 2, 3]), 6);
});
`,
};

/** Makes a small git repository with one commit in a temporary folder. Throws when git is missing. */
export async function makeSampleWorkspace(): Promise<SampleWorkspace> {
  const folder = await realpath(
    await mkdtemp(path.join(tmpdir(), "roundtable sample ")),
  );
  for (const [name, content] of Object.entries(files)) {
    await writeFile(path.join(folder, name), content);
  }
  await git(folder, "init", "--quiet", "--initial-branch=main");
  await git(folder, "config", "user.name", "Sample");
  await git(folder, "config", "user.email", "sample@localhost");
  await git(folder, "add", ".");
  await git(folder, "commit", "--quiet", "--message", "Add up a basket");
  return {
    folder,
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

async function git(cwd: string, ...args: readonly string[]): Promise<void> {
  const { code, output } = await run("git", args, { cwd }).catch(
    (cause: unknown) => {
      throw new Error("git did not start. Install git and run this again.", {
        cause,
      });
    },
  );
  if (code !== 0) throw new Error(`git ${args.join(" ")}: ${output}`);
}
