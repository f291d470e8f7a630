import { spawn } from "node:child_process";
import { once } from "node:events";

import { build } from "./build.ts";
import { inRoot } from "./project.ts";

// Builds what has changed and runs the command line with the arguments given, in this terminal.
await build();
const child = spawn(
  process.execPath,
  [inRoot("dist", "cli.js"), ...process.argv.slice(2)],
  { stdio: "inherit" },
);
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => child.kill("SIGTERM"));
const [code] = (await once(child, "exit")) as [number | null];
process.exitCode = code ?? 128;
