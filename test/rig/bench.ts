import { build } from "./build.ts";
import { testFiles } from "./nodeTests.ts";
import { runNode } from "./project.ts";

// Runs every test/bench/*.bench.ts, one after the other; each prints what it measured and exits with 1 when it is over its budget.
await build();
let failed = 0;
for (const file of await testFiles(["test/bench/*.bench.ts"], [])) {
  const { code } = await runNode([file, ...process.argv.slice(2)], {
    show: true,
  });
  if (code !== 0) failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;
