import { readFile } from "node:fs/promises";
import { setTimeout as elapsed } from "node:timers/promises";

import { launchVsCode, type VsCode } from "../rig/launchVsCode.ts";
import { root } from "../rig/project.ts";
import { makeSampleWorkspace } from "../rig/sampleWorkspace.ts";
import { compare } from "./report.ts";

// What the extension costs a VS Code that does not use it: activation as VS Code measures it, and memory of the extension host.
const runs = 3;
const idleMs = 10_000;
/** How often the list of extensions is scrolled before it counts as not there. */
const turns = 100;
const budgetMs = 60;
const budgetMb = 40;

/** Milliseconds that VS Code's own list of running extensions names: loading the bundle and activate(). */
async function activationMs({ page, command }: VsCode): Promise<number> {
  await command("Developer: Show Running Extensions");
  const row = page
    .locator(".monaco-list-row")
    .filter({ hasText: "Activation:" })
    .filter({ has: page.getByText("Roundtable", { exact: true }) });
  const list = page.locator(".runtime-extensions-editor, .monaco-list").last();
  await list.hover();
  for (let turn = 0; turn < turns && (await row.count()) === 0; turn += 1) {
    await page.mouse.wheel(0, 200);
  }
  const found = /Activation: (\d+)ms/.exec(await row.innerText());
  if (found === null) throw new Error("VS Code does not say how long it took.");
  return Number(found[1]);
}

/** Resident memory of the extension host in MB, after it has been idle; not a number where there is no /proc. */
async function hostMb({ printed }: VsCode): Promise<number> {
  const [, pid] = await printed(
    /<(\d+)> Launched Extension Host Process/,
    30_000,
  );
  await elapsed(idleMs);
  const status = await readFile(`/proc/${String(pid)}/status`, "utf8").catch(
    () => "",
  );
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

async function measured<T>(
  extensionDir: string | undefined,
  measure: (vscode: VsCode) => Promise<T>,
): Promise<T> {
  const sample = await makeSampleWorkspace();
  try {
    const vscode = await launchVsCode({
      workspace: sample.folder,
      ...(extensionDir === undefined ? {} : { extensionDir }),
    });
    try {
      return await measure(vscode);
    } finally {
      await vscode.close();
    }
  } finally {
    await sample.remove();
  }
}

const activations: number[] = [];
const withIt: number[] = [];
const withoutIt: number[] = [];
for (let run = 0; run < runs; run += 1) {
  withoutIt.push(await measured(undefined, hostMb));
  withIt.push(await measured(root, hostMb));
  activations.push(await measured(root, activationMs));
}
compare({
  bench: "activate/60ms",
  ours: median(activations),
  theirs: budgetMs,
  unit: "ms",
  atMost: 1,
});
const hostGrowth = median(withIt) - median(withoutIt);
if (Number.isNaN(hostGrowth))
  console.error("SKIPPED: this machine does not tell a process's memory.");
else
  compare({
    bench: "extension-host-memory/40MB",
    ours: hostGrowth,
    theirs: budgetMb,
    unit: "MB",
    atMost: 1,
  });
