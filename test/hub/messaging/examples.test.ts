import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { openTable } from "../table.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../../..");

test("the examples of docs/messages.md do what they say", async () => {
  const text = await readFile(join(root, "docs/messages.md"), "utf8");
  const examples = [
    ...text.matchAll(/```js\n(.*?)```\n\nprints\n\n```text\n(.*?)```/gs),
  ];
  assert.equal(examples.length, 2);
  const table = await openTable();
  try {
    for (const [, program = "", prints] of examples) {
      const { stdout } = await run(
        process.execPath,
        ["--input-type=module", "--eval", program, table.address.tokenFile],
        { cwd: root, timeout: 30_000 },
      );
      assert.equal(stdout, prints);
    }
  } finally {
    await table.close();
  }
});
