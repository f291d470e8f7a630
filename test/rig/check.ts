import { inRoot, runNode } from "./project.ts";

interface Step {
  readonly name: string;
  readonly args: readonly string[];
}

const steps: readonly Step[] = [
  {
    name: "types",
    args: [inRoot("node_modules/typescript/bin/tsc"), "--noEmit"],
  },
  {
    name: "types of core",
    args: [inRoot("node_modules/typescript/bin/tsc"), "-p", "src/core"],
  },
  {
    name: "types of panel",
    args: [inRoot("node_modules/typescript/bin/tsc"), "-p", "src/panel"],
  },
  {
    name: "types of panel tests",
    args: [inRoot("node_modules/typescript/bin/tsc"), "-p", "test/panel"],
  },
  {
    name: "types of window tests",
    args: [inRoot("node_modules/typescript/bin/tsc"), "-p", "test/vscode/ui"],
  },
  {
    name: "lint",
    args: [
      inRoot("node_modules/eslint/bin/eslint.js"),
      ".",
      "--max-warnings=0",
    ],
  },
  {
    name: "format",
    args: [inRoot("node_modules/prettier/bin/prettier.cjs"), "--check", "."],
  },
  {
    name: "dead code",
    args: [inRoot("node_modules/knip/bin/knip.js"), "--no-progress"],
  },
  {
    name: "architecture",
    args: ["--test", "--test-reporter=dot", "test/architecture.test.ts"],
  },
  {
    name: "released schemas",
    args: ["--test", "--test-reporter=dot", "test/schema/released.test.ts"],
  },
];

/** Runs every check, one line each, and afterwards shows what the failed ones said. Returns the number of failures. */
async function check(): Promise<number> {
  const failures: string[] = [];
  for (const { name, args } of steps) {
    const started = performance.now();
    const { code, output } = await runNode(args);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${code === 0 ? "ok    " : "FAILED"}  ${name} (${seconds} s)`);
    if (code !== 0) failures.push(`\n== ${name}\n${output.trim()}`);
  }
  for (const failure of failures) console.log(failure);
  return failures.length;
}

process.exitCode = (await check()) === 0 ? 0 : 1;
