import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";

import { testFiles } from "./nodeTests.ts";
import { inRoot, root } from "./project.ts";

// Runs test/bench/*.bench.ts one after the other, or those that are named: `npm run bench -- messages a2a`. Lines of JSON, the figures,
// go to standard output and everything else to standard error. Ends with 1 when a bar was missed or a bench could not run.
const named = process.argv.slice(2);
const files = (await testFiles(["test/bench/*.bench.ts"], [])).filter(
  (file) =>
    named.length === 0 || named.includes(path.basename(file, ".bench.ts")),
);
if (files.length === 0) {
  console.error(`No bench is called ${named.join(" or ")}.`);
  process.exitCode = 2;
} else {
  let failed = (await runApart(inRoot("test/rig/build.ts"))) === 0 ? 0 : 1;
  for (const file of failed === 0 ? files : []) {
    console.error(`\n${path.relative(root, path.resolve(root, file))}`);
    if ((await runApart(file)) !== 0) failed += 1;
  }
  process.exitCode = failed === 0 ? 0 : 1;
}

/** Runs a file with this Node and sorts what it prints; returns its exit code. */
async function runApart(file: string): Promise<number> {
  const child = spawn(process.execPath, [file], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  for await (const line of createInterface({ input: child.stdout }))
    (line.startsWith("{") ? process.stdout : process.stderr).write(`${line}\n`);
  const [code] = (await ended) as [number | null];
  return code ?? 128;
}
