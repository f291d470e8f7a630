import { build } from "./build.ts";
import { runTestFiles, testFiles } from "./nodeTests.ts";

// The tests that take minutes: test/**/*.soak.ts.
await build();
const { passed, failed } = await runTestFiles(
  await testFiles(["test/**/*.soak.ts"], []),
);
console.log(`\n${String(passed)} passed, ${String(failed)} failed`);
process.exitCode = failed === 0 ? 0 : 1;
