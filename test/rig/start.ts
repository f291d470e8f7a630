import { spawn } from "node:child_process";
import { once } from "node:events";

import { build } from "./build.ts";
import { windowUrl } from "./launchVsCode.ts";
import { root, run } from "./project.ts";
import { makeSampleWorkspace } from "./sampleWorkspace.ts";
import { startServer } from "./vscodeProcess.ts";

const windows = process.platform === "win32";

/** True when desktop VS Code can be started from a terminal. */
async function hasDesktop(): Promise<boolean> {
  const asked = await run("code", ["--version"], { shell: windows }).catch(
    () => undefined,
  );
  return asked?.code === 0;
}

/** Opens the folder in desktop VS Code with this extension and resolves when its window is closed. */
async function openDesktop(folder: string): Promise<void> {
  console.log(`Opening VS Code with the extension on ${folder}`);
  const child = spawn(
    "code",
    ["--new-window", "--wait", `--extensionDevelopmentPath=${root}`, folder],
    { stdio: "inherit", shell: windows },
  );
  await Promise.race([once(child, "exit"), stopped()]);
}

/** Serves the folder in VS Code for the browser with this extension until Ctrl+C. */
async function serveBrowser(folder: string): Promise<void> {
  const server = await startServer({
    trusted: true,
    automation: false,
    lasting: true,
    settings: {},
    env: {},
    extensionDir: root,
  });
  const url = windowUrl(server.port, { workspace: folder });
  console.log(
    `VS Code with the extension is at\n\n  ${url}\n\nCtrl+C stops it.`,
  );
  await stopped();
  await server.stop();
}

function stopped(): Promise<unknown> {
  return Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
}

await build();
const sample = await makeSampleWorkspace();
try {
  if (await hasDesktop()) await openDesktop(sample.folder);
  else await serveBrowser(sample.folder);
} finally {
  await sample.remove();
}
process.exit();
