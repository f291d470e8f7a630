import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FromPage, type ReplayAt } from "../../src/protocol/panel.ts";
import type { PanelSnapshot } from "../../src/protocol/panel.ts";
import { fixtures } from "./fixtures.ts";
import { startPanelRig, type Panel, type PanelRig } from "./openPanel.ts";

let rig: PanelRig;
before(async () => {
  rig = await startPanelRig();
});
after(() => rig.close());

const moment: ReplayAt = {
  step: 12,
  steps: 364,
  seq: 17,
  at: Date.UTC(2026, 10, 20, 9, 12, 30),
  speed: 10,
  next: { step: 13, ms: 5 },
};

const asItWas = (
  snapshot: PanelSnapshot,
  change: Partial<ReplayAt> = {},
): PanelSnapshot => ({ ...snapshot, replay: { ...moment, ...change } });

/** Opens the page with one snapshot after the other and holds it to: no broken policy, no error, every message well-formed. */
async function shown(
  snapshots: readonly PanelSnapshot[],
  check: (panel: Panel) => Promise<void>,
): Promise<void> {
  const panel = await rig.open();
  try {
    for (const snapshot of snapshots)
      await panel.send({ type: "snapshot", snapshot });
    await check(panel);
    assert.deepEqual(await panel.trouble(), []);
    for (const message of await panel.posted()) FromPage.parse(message);
  } finally {
    await panel.close();
  }
}

const asked = async (panel: Panel) =>
  (await panel.posted()).filter((message) => message.type === "replay");

const button = (panel: Panel, name: string) =>
  panel.page.getByRole("button", { name, exact: true });

const paused = [asItWas(fixtures.finished, { next: null })];

test("a mission can be played again from its first event", () =>
  shown([fixtures.finished], async (panel) => {
    await button(panel, "Replay").click();
    assert.deepEqual(await asked(panel), [
      { type: "replay", missionId: "m1", step: 1, speed: 10 },
    ]);
  }));

test("a replay that begins plays on by itself, and asks for the event that comes next", () =>
  shown([fixtures.finished, asItWas(fixtures.finished)], async (panel) => {
    await panel.page.waitForFunction(() =>
      (
        window as unknown as {
          host: { posted: { type: string; step?: number }[] };
        }
      ).host.posted.some(({ step }) => step === 13),
    );
    await button(panel, "Pause").click();
    await button(panel, "Play").waitFor();
  }));

test("a page that comes back into sight does not play on unasked", () =>
  shown([asItWas(fixtures.finished)], async (panel) => {
    assert.equal(await button(panel, "Play").count(), 1);
    assert.deepEqual(await asked(panel), []);
  }));

test("single events, the slider and the speed are reached and worked with the keyboard", () =>
  shown(paused, async (panel) => {
    const slider = panel.page.getByRole("slider", { name: "Event" });
    assert.match(
      (await slider.getAttribute("aria-valuetext")) ?? "",
      /^Event 12 of 364, /,
    );
    await button(panel, "One event back").focus();
    await panel.page.keyboard.press("Enter");
    await slider.focus();
    await panel.page.keyboard.press("End");
    await panel.page.keyboard.press("Tab");
    assert.equal(
      await panel.page.evaluate(() =>
        document.activeElement?.getAttribute("aria-label"),
      ),
      "Speed",
    );
    await panel.page
      .getByRole("combobox", { name: "Speed" })
      .selectOption("100");
    await panel.page.keyboard.press("Escape");
    assert.deepEqual(
      (await asked(panel)).map(({ step, speed }) => [step, speed]),
      [
        [11, 10],
        [364, 10],
        [12, 100],
        [null, 10],
      ],
    );
  }));

test("nothing of the past can be approved, stopped or resumed", async () => {
  for (const snapshot of [
    fixtures.waiting,
    fixtures.permission,
    fixtures.stalled,
  ])
    await shown([asItWas(snapshot, { next: null })], async (panel) => {
      for (const name of ["Approve", "Allow once", "Resume", "Stop"])
        assert.equal(await button(panel, name).count(), 0, name);
      assert.equal(await button(panel, "Back to now").count(), 1);
    });
});

test("a mission kept as a file has no now to go back to", () =>
  shown(
    [asItWas({ ...fixtures.finished, missions: [] }, { next: null })],
    async (panel) => {
      await button(panel, "Close replay").click();
      assert.deepEqual(
        (await asked(panel)).map(({ step }) => step),
        [null],
      );
    },
  ));

test("going back in time takes back what was said later", () =>
  shown([fixtures.finished], async (panel) => {
    const { open } = fixtures.finished;
    assert.ok(open !== null);
    const items = open.said.items.slice(0, 2);
    const earlier = { ...open, said: { total: 2, items } };
    await panel.send({
      type: "snapshot",
      snapshot: asItWas({ ...fixtures.finished, open: earlier }),
    });
    assert.equal(await panel.page.locator("article.said").count(), 2);
    assert.equal(
      await panel.page.locator('[role="status"]').last().innerText(),
      "",
    );
  }));
