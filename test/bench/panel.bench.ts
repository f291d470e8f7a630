import { launchVsCode, type VsCode } from "../rig/launchVsCode.ts";
import { root } from "../rig/project.ts";
import { makeSampleWorkspace } from "../rig/sampleWorkspace.ts";
import { compare } from "./report.ts";

// From asking for the panel to its first content: once with the app opening behind it, then each time its tab is pressed.
const runs = 5;
const budgetMs = 500;

/** In the frame that VS Code puts around a webview's page: notes when that has content; who looks from outside would see it late. */
const note = `(function look() {
  const pages = [...document.querySelectorAll("iframe")];
  if (pages.some((page) => page.contentDocument?.querySelector("#page header.top")))
    window.firstContent = Date.now();
  else requestAnimationFrame(look);
})();`;

/** Milliseconds from `ask` to the page's first content. */
async function firstContentMs(
  { frameWith }: VsCode,
  ask: () => Promise<void>,
): Promise<number> {
  await ask();
  const asked = Date.now();
  const frame = await frameWith("#page header.top");
  const around = frame.parentFrame();
  return Number(await around?.evaluate("firstContent")) - asked;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

async function measure(vscode: VsCode): Promise<readonly number[]> {
  const { page, command } = vscode;
  const tab = (name: string) =>
    page.locator(".part.auxiliarybar .action-label", { hasText: name });
  await page.addInitScript(note);
  const first = await firstContentMs(vscode, () =>
    command("Roundtable: Show Conversation"),
  );
  compare({
    bench: "panel-first/500ms",
    ours: first,
    theirs: budgetMs,
    unit: "ms",
  });
  const times: number[] = [];
  while (times.length < runs) {
    await tab("Chat").click();
    await page.locator("iframe.webview").waitFor({ state: "hidden" });
    times.push(await firstContentMs(vscode, () => tab("Roundtable").click()));
  }
  return times;
}

const sample = await makeSampleWorkspace();
const vscode = await launchVsCode({
  workspace: sample.folder,
  extensionDir: root,
});
try {
  compare({
    bench: "panel-shown-again/500ms",
    ours: median(await measure(vscode)),
    theirs: budgetMs,
    unit: "ms",
    atMost: 1,
  });
} finally {
  await vscode.close();
  await sample.remove();
}
