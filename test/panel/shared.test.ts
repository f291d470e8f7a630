import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { PanelSnapshot } from "../../src/protocol/panel.ts";
import type { Tab } from "../../src/panel/remembered.ts";
import { fresh } from "../../src/panel/remembered.ts";
import { detail, snapshotOf } from "./fixtures.ts";
import { startPanelRig, type Panel, type PanelRig } from "./openPanel.ts";
import { shared, sharedWaiting, withTeammates } from "./sharedFixture.ts";

let rig: PanelRig;
before(async () => {
  rig = await startPanelRig();
});
after(() => rig.close());

async function shown(
  snapshot: PanelSnapshot,
  tab: Tab,
  check: (panel: Panel) => Promise<void>,
): Promise<void> {
  const panel = await rig.open({ state: { ...fresh, missionId: "m1", tab } });
  try {
    await panel.send({ type: "snapshot", snapshot });
    await check(panel);
    assert.deepEqual(await panel.trouble(), []);
  } finally {
    await panel.close();
  }
}

for (const tab of ["talk", "change", "decisions"] as const)
  test(`a teammate's mission says whose it is, and its part “${tab}” has nothing that acts on it`, () =>
    shown(shared, tab, async ({ page }) => {
      await page
        .locator(".lede", { hasText: "shared by Lin's laptop" })
        .waitFor();
      const names = await page
        .locator("main button:visible, header .stop")
        .allInnerTexts();
      assert.deepEqual(
        names.filter((name) =>
          /approve|reject|request|overrule|resume|stop|dismiss|why|apply|replay|open as|open the/i.test(
            name,
          ),
        ),
        [],
      );
    }));

test("a teammate's mission that waits does not wait for the reader", () =>
  shown(sharedWaiting, "talk", async ({ page }) => {
    assert.match(
      await page.locator(".lede .state").innerText(),
      /^Waiting there\s+shared by Lin's laptop, read only/,
    );
    assert.equal(await page.locator(".rail").getByText("You").count(), 0);
  }));

test("electors of a teammate's hub are marked, and a ballot that is void says why", () =>
  shown(
    snapshotOf({ ...detail, decisions: [withTeammates] }),
    "decisions",
    async ({ page }) => {
      const rows = page.locator(".rows .ballot");
      const marked = rows.filter({ hasText: "votes from a teammate's hub" });
      assert.equal(await rows.count(), 6);
      assert.deepEqual(
        (await marked.allInnerTexts()).map((text) =>
          text.replaceAll(/\s+/g, " ").trim(),
        ),
        [
          "Security (Lin's laptop) votes from a teammate's hub sealed",
          "QA (Lin's laptop) votes from a teammate's hub void: said two different things",
        ],
      );
    },
  ));
