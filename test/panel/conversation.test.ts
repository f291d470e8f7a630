import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { PanelSnapshot, Said } from "../../src/protocol/panel.ts";
import { detail, line, snapshotOf } from "./fixtures.ts";
import { startPanelRig, type Panel, type PanelRig } from "./openPanel.ts";

let rig: PanelRig;
before(async () => {
  rig = await startPanelRig();
});
after(() => rig.close());

async function talking(
  items: readonly Said[],
  check: (panel: Panel) => Promise<void>,
  total = items.length,
): Promise<void> {
  const panel = await rig.open();
  try {
    await panel.send({ type: "snapshot", snapshot: saying(items, total) });
    await check(panel);
    assert.deepEqual(await panel.trouble(), []);
  } finally {
    await panel.close();
  }
}

function saying(items: readonly Said[], total = items.length): PanelSnapshot {
  return snapshotOf({ ...detail, said: { total, items } });
}

const lines = (from: number, to: number): readonly Said[] =>
  Array.from({ length: to - from + 1 }, (_, index) =>
    line(from + index, {
      text:
        index % 7 === 0
          ? `Line ${String(from + index)}\n\n- one\n- two\n\n\`\`\`ts\nconst a = 1;\n\`\`\``
          : `Line ${String(from + index)}`,
      kind: index % 5 === 0 ? "tool" : "message",
      from: index % 2 === 0 ? "planner" : "qa",
    }),
  );

const inView = (panel: Panel, seq: number) =>
  panel.page.waitForFunction((wanted) => {
    const list = document.querySelector(".feed")?.getBoundingClientRect();
    const item = document
      .querySelector(`[data-seq="${String(wanted)}"]`)
      ?.getBoundingClientRect();
    return (
      list !== undefined &&
      item !== undefined &&
      item.bottom > list.top &&
      item.top < list.bottom &&
      item.bottom <= list.bottom + 12
    );
  }, seq);

test("10,000 lines keep the page small, and it shows the last one", () =>
  talking(lines(1, 10_000), async (panel) => {
    await inView(panel, 10_000);
    const nodes = await panel.page.evaluate(
      () => document.querySelectorAll("*").length,
    );
    assert.ok(nodes < 1_500, `${String(nodes)} nodes`);
    const feed = panel.page.getByRole("feed");
    const last = feed.locator('[data-seq="10000"]');
    assert.equal(await last.getAttribute("aria-posinset"), "10000");
    assert.equal(await last.getAttribute("aria-setsize"), "10000");
  }));

test("new lines are followed, until the reader scrolls away; Latest goes back and follows again", () =>
  talking(lines(1, 300), async (panel) => {
    const { page } = panel;
    await inView(panel, 300);
    await panel.send({ type: "snapshot", snapshot: saying(lines(1, 301)) });
    await inView(panel, 301);
    await page.locator(".feed").hover();
    await page.mouse.wheel(0, -3000);
    await page.getByRole("button", { name: "Latest" }).waitFor();
    await panel.send({ type: "snapshot", snapshot: saying(lines(1, 302)) });
    assert.equal(await page.locator('[data-seq="302"]').count(), 0);
    await page.getByRole("button", { name: "Latest" }).click();
    await inView(panel, 302);
    await panel.send({ type: "snapshot", snapshot: saying(lines(1, 303)) });
    await inView(panel, 303);
    assert.equal(await page.getByRole("button", { name: "Latest" }).count(), 0);
  }));

test("a narrower window or a line being typed does not end the following", () =>
  talking(lines(1, 300), async (panel) => {
    await inView(panel, 300);
    await panel.send({
      type: "typing",
      missionId: "m1",
      agentId: "qa",
      delta: "I would",
    });
    await panel.page.setViewportSize({ width: 300, height: 500 });
    await inView(panel, 300);
    assert.match(
      await panel.page.locator(".typing").innerText(),
      /QA\s+I would/,
    );
    await panel.send({ type: "snapshot", snapshot: saying(lines(1, 304)) });
    await inView(panel, 304);
  }));

test("older lines are asked for by the first one's number, and the reader stays where they were", () =>
  talking(
    lines(401, 600),
    async (panel) => {
      const { page } = panel;
      await inView(panel, 600);
      await page.getByRole("feed").focus();
      await page.keyboard.press("j");
      await page.keyboard.press("Home");
      await inView(panel, 401);
      await page.getByRole("button", { name: "Load older" }).click();
      assert.deepEqual((await panel.posted()).at(-1), {
        type: "older",
        missionId: "m1",
        before: 401,
      });
      await panel.send({
        type: "older",
        missionId: "m1",
        items: lines(201, 400),
      });
      await inView(panel, 401);
      await page.getByText("400 of 600 loaded").waitFor();
      const first = page.locator('[data-seq="401"]');
      assert.equal(await first.getAttribute("aria-posinset"), "401");
    },
    600,
  ));

test("search and filters narrow the conversation and say how many lines match", () =>
  talking(lines(1, 1_000), async (panel) => {
    const { page } = panel;
    await page.getByRole("searchbox").fill("line 77");
    await page.getByText("11 found").waitFor();
    await inView(panel, 779);
    assert.equal(
      await page.locator("[data-seq]").first().getAttribute("aria-setsize"),
      "11",
    );
    await page.getByRole("combobox", { name: "Kind" }).selectOption("tools");
    await page.getByText("2 found").waitFor();
    await page.getByRole("button", { name: "Clear filter" }).click();
    await inView(panel, 1_000);
    await page.getByRole("combobox", { name: "Who" }).selectOption("qa");
    await page.getByText("500 found").waitFor();
    await page.getByRole("searchbox").fill("no such words");
    await page.getByText("Nothing matches.").waitFor();
  }));

test("j, k and Alt with the arrows go from line to line", () =>
  talking(lines(1, 300), async (panel) => {
    const { page } = panel;
    await inView(panel, 300);
    const at = (seq: number) =>
      page.waitForFunction(
        (wanted) =>
          document.activeElement?.getAttribute("data-seq") === String(wanted),
        seq,
      );
    await page.getByRole("feed").focus();
    await page.keyboard.press("k");
    await at(300);
    await page.keyboard.press("k");
    await at(299);
    await page.keyboard.press("Alt+ArrowUp");
    await at(298);
    await page.keyboard.press("j");
    await at(299);
    await page.keyboard.press("Home");
    await at(1);
    await page.keyboard.press("Alt+ArrowDown");
    await at(2);
  }));

test("what an agent types disappears when it has said it or stops working", () =>
  talking(lines(1, 3), async (panel) => {
    const type = (agentId: string) => ({
      type: "typing" as const,
      missionId: "m1",
      agentId,
      delta: "Hm",
    });
    const typing = panel.page.locator(".typing li");
    await panel.send(type("qa"), type("developer"), {
      ...type("qa"),
      missionId: "other",
    });
    assert.equal(await typing.count(), 2);
    await panel.send({
      type: "snapshot",
      snapshot: saying([...lines(1, 3), line(4, { from: "qa" })]),
    });
    assert.deepEqual(await typing.locator(".name").allInnerTexts(), [
      "Developer",
    ]);
  }));

test("the place in the conversation survives the page's being hidden", async () => {
  let kept: unknown;
  let topmost: string | null = null;
  await talking(lines(1, 500), async (panel) => {
    await inView(panel, 500);
    await panel.page.locator(".feed").hover();
    await panel.page.mouse.wheel(0, -6000);
    await panel.page.getByRole("button", { name: "Latest" }).waitFor();
    kept = await panel.kept();
    topmost = String((kept as { readonly at: number }).at);
  });
  const panel = await rig.open({ state: kept });
  try {
    await panel.send({ type: "snapshot", snapshot: saying(lines(1, 500)) });
    await inView(panel, Number(topmost));
    assert.equal(await panel.page.locator('[data-seq="500"]').count(), 0);
  } finally {
    await panel.close();
  }
});
