import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fresh } from "../../src/panel/remembered.ts";
import { FromPage, type ToPage } from "../../src/protocol/panel.ts";
import type { PathShown } from "../../src/protocol/panelPath.ts";
import { fixtures } from "./fixtures.ts";
import { startPanelRig, type Panel, type PanelRig } from "./openPanel.ts";
import { path } from "./pathFixture.ts";

let rig: PanelRig;
before(async () => {
  rig = await startPanelRig();
});
after(() => rig.close());

const way = (shown: PathShown, missionId = "m1"): ToPage => ({
  type: "path",
  missionId,
  path: shown,
});

/** Opens the page on the path of a mission, runs the test, and holds it to: no broken policy, no error, no request. */
async function looking(
  shown: PathShown,
  check: (panel: Panel) => Promise<void>,
): Promise<void> {
  const state = { ...fresh, missionId: "m1", tab: "path" };
  const panel = await rig.open({ state });
  try {
    await panel.send({ type: "snapshot", snapshot: fixtures.running });
    await panel.send(way(shown));
    await check(panel);
    assert.deepEqual(await panel.trouble(), []);
    for (const message of await panel.posted()) FromPage.parse(message);
  } finally {
    await panel.close();
  }
}

const rowsOf = (panel: Panel) => panel.page.locator(".way button.hop");

test("turning to the path asks for it once, and a page that shows another part does not", async () => {
  const panel = await rig.open({ state: { ...fresh, missionId: "m1" } });
  try {
    const asked = async () =>
      (await panel.posted()).filter(({ type }) => type === "path");
    await panel.send({ type: "snapshot", snapshot: fixtures.running });
    assert.deepEqual(await asked(), []);
    await panel.page.getByRole("tab", { name: "Path" }).click();
    assert.deepEqual(await asked(), [{ type: "path", missionId: "m1" }]);
    await panel.send(way(path));
    assert.equal(await rowsOf(panel).count(), path.rows.length);
    assert.equal((await asked()).length, 1);
  } finally {
    await panel.close();
  }
});

test("each row says in words who gave what to whom, how long it took and what it cost", () =>
  looking(path, async (panel) => {
    const labels = await rowsOf(panel).evaluateAll((rows) =>
      rows.map((row) => row.getAttribute("aria-label") ?? ""),
    );
    assert.match(
      labels[0] ?? "",
      /^plan: Roundtable to Planner · .* · 31\.0 s · \$0\.041 · 2 model calls, 28\.5 s · 2 tool calls, 1\.8 s$/,
    );
    assert.match(labels[1] ?? "", /^vote plan: Roundtable · approved · /);
    assert.match(labels[6] ?? "", /^ruling plan: Roundtable to You · approve/);
    assert.match(labels[7] ?? "", /build: Roundtable to Developer · failed/);
    assert.match(labels.at(-1) ?? "", /ballot: Roundtable to QA · .* · now/);
    const titles = await rowsOf(panel).evaluateAll((rows) =>
      rows.map((row) => row.getAttribute("title") ?? ""),
    );
    assert.deepEqual(titles, labels);
  }));

test("a lane for everybody, an arrow for every task, and bars within the mission's time", () =>
  looking(path, async ({ page }) => {
    assert.equal(await page.locator(".lanehead .avatar").count(), 7);
    assert.equal(await page.locator(".way .head").count(), 10);
    const bars = await page
      .locator(".time rect")
      .evaluateAll((all) =>
        all.map((bar) => [
          parseFloat(bar.getAttribute("x") ?? ""),
          parseFloat(bar.getAttribute("width") ?? ""),
        ]),
      );
    assert.ok(bars.length > path.rows.length);
    for (const [x = NaN, width = NaN] of bars)
      assert.ok(x >= 0 && width > 0 && x + width <= 100.01, String(x));
  }));

test("the keyboard goes from row to row and unfolds one's calls", () =>
  looking(path, async (panel) => {
    const { page } = panel;
    await rowsOf(panel).first().focus();
    await page.keyboard.press("Enter");
    await panel.send();
    assert.equal(
      await rowsOf(panel).first().getAttribute("aria-expanded"),
      "true",
    );
    assert.deepEqual(await page.locator(".calls .name").allInnerTexts(), [
      "claude-opus-4-5",
      "read_file",
      "search",
      "claude-opus-4-5",
    ]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    const focused = await page.evaluate(
      () => document.activeElement?.getAttribute("aria-label") ?? "",
    );
    assert.match(focused, /^vote plan/);
    await page.keyboard.press("Enter");
    await panel.send();
    assert.equal(await page.locator(".calls").count(), 1);
  }));

test("a long mission says how much of it is not shown, and many lanes stay within the width", () => {
  const lanes = Array.from({ length: 30 }, (_, at) => `agent-${String(at)}`);
  const [first] = path.rows;
  assert.ok(first);
  const rows = lanes.map((to, at) => ({
    ...first,
    id: `r${String(at)}`,
    from: lanes[0] ?? "",
    to,
  }));
  return looking({ ...path, lanes, rows, hidden: 1234 }, async ({ page }) => {
    await page.getByText("1234 earlier ones are not shown.").waitFor();
    const ends = await page
      .locator(".way .took")
      .evaluateAll((all) =>
        all.map((one) => one.getBoundingClientRect().right),
      );
    for (const right of ends) assert.ok(right <= 380, String(right));
  });
});

test("names from outside are shown as text and nothing else", () => {
  const [first] = path.rows;
  assert.ok(first);
  const evil = '<img src=x onerror="alert(1)">';
  const row = {
    ...first,
    kind: "message",
    name: evil,
    outcome: evil,
    from: evil,
    to: evil,
  } as const;
  return looking({ ...path, lanes: [evil], rows: [row] }, async ({ page }) => {
    assert.equal(await page.locator(".way img").count(), 0);
    assert.ok((await page.locator(".way").innerText()).includes(evil));
  });
});

test("the path of another mission is not shown", () =>
  looking(path, async (panel) => {
    await panel.send(way({ ...path, rows: [] }, "m2"));
    assert.equal(await rowsOf(panel).count(), 0);
    await panel.page.getByText("Loading…").waitFor();
  }));
