import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { FromPage } from "../../src/protocol/panel.ts";
import {
  changeAsked,
  detail,
  fixtures,
  line,
  planAsked,
  planHash,
  snapshotOf,
} from "./fixtures.ts";
import { fresh } from "../../src/panel/remembered.ts";
import {
  startPanelRig,
  type OpenOptions,
  type Panel,
  type PanelRig,
} from "./openPanel.ts";
import type { PanelSnapshot } from "../../src/protocol/panel.ts";

let rig: PanelRig;
before(async () => {
  rig = await startPanelRig();
});
after(() => rig.close());

/** Opens the page with a snapshot, runs the test, and holds every one to: no broken policy, no error, no request. */
async function shown(
  snapshot: PanelSnapshot,
  check: (panel: Panel) => Promise<void>,
  options?: OpenOptions,
): Promise<void> {
  const panel = await rig.open(options);
  try {
    await panel.send({ type: "snapshot", snapshot });
    await check(panel);
    assert.deepEqual(await panel.trouble(), []);
    for (const message of await panel.posted()) FromPage.parse(message);
  } finally {
    await panel.close();
  }
}

const button = (panel: Panel, name: string | RegExp) =>
  panel.page.getByRole("button", { name, exact: true });

const intents = async (panel: Panel) =>
  (await panel.posted()).filter((message) => message.type === "intent");

test("without missions the welcome offers the sample first, then a key and another model", () =>
  shown(fixtures.welcome, async (panel) => {
    await button(panel, "Play the sample mission").first().click();
    await button(panel, "Set Anthropic API Key…").click();
    await button(panel, "Choose Another Model…").click();
    assert.deepEqual(await panel.posted(), [
      { type: "ready" },
      { type: "command", command: "roundtable.playSample" },
      { type: "command", command: "roundtable.setApiKey" },
      { type: "command", command: "roundtable.chooseModel" },
    ]);
    assert.equal(await panel.page.locator("main button.primary").count(), 1);
    const text = await panel.page.locator("main").innerText();
    assert.match(text, /No model yet/);
    assert.match(text, /evidence alone/);
    assert.match(text, /on branch main/);
  }));

test("a snapshot replaces what the page shows, with rail, conversation, plan, change and team", () =>
  shown(fixtures.welcome, async (panel) => {
    await panel.send({ type: "snapshot", snapshot: fixtures.finished });
    const { page } = panel;
    assert.equal(await page.getByText("A team at your table").count(), 0);
    assert.equal(await page.locator(".rail li").count(), 8);
    assert.match(await page.locator(".banner").innerText(), /Merged into main/);
    await page.getByText("Built parse-week").waitFor();
    await page.getByRole("tab", { name: "Plan" }).click();
    await page.getByText("Parse week dates into calendar dates").waitFor();
    await button(panel, "Open as document").click();
    await page.getByRole("tab", { name: "Change" }).click();
    await page.getByText("legacyWeek.ts").waitFor();
    await button(panel, "Open diff").click();
    await page.getByRole("tab", { name: "Team" }).click();
    await page.getByText("82 % cached").waitFor();
    assert.deepEqual((await panel.posted()).slice(1), [
      { type: "command", command: "roundtable.openPlan", missionId: "m1" },
      { type: "command", command: "roundtable.openChange", missionId: "m1" },
    ]);
  }));

test("the rail says every stage's state in words", () =>
  shown(fixtures.stalled, async ({ page }) => {
    const stages = await page.locator(".rail li .vh").allInnerTexts();
    assert.deepEqual(stages.slice(2, 5), [
      "Your ruling on the plan, done",
      "Build, failed",
      "Review, to come",
    ]);
  }));

test("a sealed ballot shows that it is in and nothing it says", () =>
  shown(fixtures.running, async ({ page }) => {
    await page.getByRole("tab", { name: /Decisions/ }).click();
    const rows = await page.locator(".ballot").allInnerTexts();
    assert.deepEqual(
      rows.map((row) => row.replaceAll(/\s+/g, " ").trim()),
      [
        "Architect sealed",
        "Security sealed",
        "Developer not in yet",
        "QA not in yet",
      ],
    );
    assert.equal(await page.locator(".ballot summary").count(), 0);
  }));

test("the dissent and the score against the bar are in sight when the human is asked", () =>
  shown(fixtures.waiting, async ({ page }) => {
    const card = page.locator(".needs .card");
    assert.match(
      await card.locator(".dissent").innerText(),
      /QA Nothing in the plan tests the last week/,
    );
    assert.match(
      await card.locator(".meter").innerText(),
      /Score \+1\.6; approves at \+1\.1, blocks at −1\.1/,
    );
    assert.match(
      await page.locator("[aria-live=polite]").innerText(),
      /^Needs you: The team approves the plan/,
    );
  }));

test("Approve posts the ruling with the hash of what was shown, once", () =>
  shown(fixtures.waiting, async (panel) => {
    const approve = button(panel, "Approve");
    await approve.dblclick();
    assert.deepEqual(await intents(panel), [
      {
        type: "intent",
        intent: {
          kind: "rule",
          missionId: "m1",
          decisionId: "m1:plan:1",
          artifactHash: planHash,
          verdict: "approve",
          reason: "",
        },
      },
    ]);
    await button(panel, "Sending…").waitFor();
    assert.ok(await button(panel, "Sending…").isDisabled());
    assert.ok(await button(panel, "Request changes…").isDisabled());
  }));

test("a ruling that fails says so in the card, with the next step, and can be tried again", () =>
  shown(fixtures.waiting, async (panel) => {
    await button(panel, "Approve").click();
    await panel.send({
      type: "failed",
      problem: {
        code: "stale-artifact",
        message: "The plan has changed since it was shown.",
        next: "Read the new version and rule on that one.",
      },
    });
    assert.match(
      await panel.page.locator(".needs [role=alert]").innerText(),
      /The plan has changed.*Read the new version/,
    );
    assert.ok(await button(panel, "Approve").isEnabled());
  }));

test("Request changes asks for a reason and posts nothing without one", () =>
  shown(fixtures.waiting, async (panel) => {
    const { page } = panel;
    await button(panel, "Request changes…").click();
    await button(panel, "Request changes").click();
    await page.getByRole("alert").waitFor();
    assert.deepEqual(await intents(panel), []);
    assert.equal(
      await page.evaluate(() => document.activeElement?.tagName),
      "TEXTAREA",
    );
    await page.keyboard.type("Test week 53.");
    await page.keyboard.press("Control+Enter");
    const [sent] = await intents(panel);
    assert.deepEqual(
      sent?.intent.kind === "rule" && [sent.intent.verdict, sent.intent.reason],
      ["requestChanges", "Test week 53."],
    );
  }));

test("a reason half written survives the page's being hidden", async () => {
  let kept: unknown;
  await shown(fixtures.waiting, async (panel) => {
    await button(panel, "Request changes…").click();
    await panel.page.locator("textarea").fill("Test week");
    kept = await panel.kept();
  });
  await shown(
    fixtures.waiting,
    async ({ page }) => {
      assert.equal(await page.locator("textarea").inputValue(), "Test week");
    },
    { state: kept },
  );
});

test("going on against the team's objections is an overruling with a reason, not an approval", () =>
  shown(fixtures.escalated, async (panel) => {
    assert.equal(await button(panel, "Approve").count(), 0);
    await button(panel, "Overrule…").click();
    await button(panel, "Overrule the team").click();
    assert.deepEqual(await intents(panel), []);
    await panel.page.locator("textarea").fill("Week 53 is refused upstream.");
    await button(panel, "Overrule the team").click();
    const [sent] = await intents(panel);
    assert.equal(
      sent?.intent.kind === "rule" && sent.intent.verdict,
      "overrule",
    );
  }));

test("checks say PASS, FAIL, ERROR and NOT RUN in words, and a finding opens its line", () =>
  shown(fixtures.escalated, async (panel) => {
    const words = await panel.page.locator(".status").allInnerTexts();
    assert.deepEqual(words, ["FAIL", "PASS", "PASS", "NOT RUN", "ERROR"]);
    const standings = await panel.page.locator(".tag").allInnerTexts();
    assert.deepEqual(standings, [
      "confirmed",
      "corroborated",
      "refuted",
      "single",
    ]);
    await button(panel, "src/dates/parse.ts:12").click();
    assert.deepEqual((await panel.posted()).at(-1), {
      type: "openFile",
      path: "src/dates/parse.ts",
      line: 12,
    });
  }));

test("a verified finding shows who checked it and the very lines, and the senior model's word stands beside the team's", () =>
  shown(fixtures.escalated, async (panel) => {
    const card = panel.page.locator(".card.asked");
    assert.deepEqual(await card.locator(".verified b").allInnerTexts(), [
      "Security confirms it:",
      "Architect refutes it:",
    ]);
    assert.deepEqual(await card.locator(".verified pre").allInnerTexts(), [
      "  if (week < 1 || week > 53) return null;",
      "const WEEK = /^(\\d{4})-W(\\d{2})-(\\d)$/;",
    ]);
    await card.locator(".verified button").first().click();
    assert.deepEqual((await panel.posted()).at(-1), {
      type: "openFile",
      path: "src/dates/isoWeek.ts",
      line: 31,
    });
    assert.match(await card.innerText(), /Senior model[^]*abstains · 40 %/);
  }));

test("a claim whose verifier showed nothing counts as unclear, whatever it said", () => {
  const [first] = changeAsked.verified;
  const by = first?.by;
  assert.ok(by);
  return shown(
    snapshotOf({
      ...detail,
      decisions: [
        {
          ...changeAsked,
          verified: [{ ...first, by: { ...by, shown: false } }],
        },
      ],
    }),
    async (panel) => {
      const words = await panel.page
        .locator(".card.asked .verified")
        .first()
        .innerText();
      assert.match(words, /did not show it, so it counts as unclear/);
    },
  );
});

const onFindings: OpenOptions = {
  width: 720,
  state: { ...fresh, missionId: "m1", tab: "change" },
};

test("findings stand in the order of what they stop, and what is done with is folded away", () =>
  shown(
    fixtures.escalated,
    async ({ page }) => {
      const groups = await page.locator("#part .found-title").allInnerTexts();
      assert.deepEqual(
        groups.map((text) => text.replace(/\s+/g, " ")),
        ["Blocks the change 1", "Open 1", "Said by one voice alone 1"],
      );
      const done = page.locator("#part .findings-card details");
      assert.equal(await done.locator(".one").count(), 0);
      await done.locator("summary").click();
      assert.match(
        await done.locator(".one").innerText(),
        /true, and not of this change: The docs follow/,
      );
    },
    onFindings,
  ));

test("a finding is dismissed with a kind and a reason, and without one nothing is sent", () =>
  shown(
    fixtures.escalated,
    async (panel) => {
      await button(panel, "Dismiss…").first().click();
      await button(panel, "Dismiss").click();
      assert.deepEqual(await intents(panel), []);
      assert.match(await panel.page.locator("[role=alert]").innerText(), /why/);
      await panel.page.locator(".aside select").selectOption("wontFix");
      await panel.page.locator(".aside textarea").fill("Week 53 is rare.");
      await button(panel, "Dismiss").click();
      assert.deepEqual((await intents(panel)).at(-1)?.intent, {
        kind: "dismissFinding",
        missionId: "m1",
        findingId: "f1",
        why: "wontFix",
        reason: "Week 53 is rare.",
      });
    },
    onFindings,
  ));

test("who raised a finding can be asked why, and its fix applied", () =>
  shown(
    fixtures.escalated,
    async (panel) => {
      assert.match(
        await panel.page.locator(".why").innerText(),
        /You asked: Why.*QA 2025 ends/s,
      );
      await button(panel, "Ask why").nth(1).click();
      const asked = (await intents(panel)).at(-1)?.intent;
      assert.equal(asked?.kind === "explainFinding" && asked.findingId, "f2");
      await button(panel, "Apply fix").click();
      assert.deepEqual((await panel.posted()).at(-1), {
        type: "command",
        command: "roundtable.applyFix",
        missionId: "m1",
        findingId: "f1",
      });
    },
    onFindings,
  ));

test("the plan tells what each version changed, because of whom, and what was said against the one before", () =>
  shown(
    fixtures.escalated,
    async ({ page }) => {
      const told = page.getByRole("article", { name: "How it came to be" });
      assert.match(
        await told.innerText(),
        /Plan, version 2.*approved.*tests\.title.*Test week dates.*Test years.*because of QA: Nothing tests/s,
      );
      await told.locator("summary").nth(1).click();
      assert.match(
        await told.locator(".reason").nth(1).innerText(),
        /Said against it.*tests QA Nothing tests/s,
      );
    },
    { width: 720, state: { ...fresh, missionId: "m1", tab: "plan" } },
  ));

test("a permission shows every argument apart, and hidden characters written out", () =>
  shown(
    snapshotOf({
      ...detail,
      permissions: [
        {
          missionId: "m1",
          permissionId: "p1",
          agentId: "developer",
          what: "command",
          subject: JSON.stringify(["rm", "-rf", "a b", "safe\u202egpj"]),
          why: "clean up",
          at: 0,
        },
      ],
    }),
    async (panel) => {
      assert.deepEqual(await panel.page.locator(".argv code").allInnerTexts(), [
        "rm",
        "-rf",
        "a b",
        "safe\\u{202e}gpj",
      ]);
      await button(panel, "Allow for this mission").click();
      assert.deepEqual((await intents(panel))[0]?.intent, {
        kind: "permit",
        missionId: "m1",
        permissionId: "p1",
        answer: "mission",
      });
    },
  ));

test("a stalled mission can be resumed, a running one stopped, a pulled switch released", async () => {
  await shown(fixtures.stalled, async (panel) => {
    await button(panel, "Resume").click();
    await panel.page.getByTitle("Stop this mission").click();
    assert.deepEqual(
      (await intents(panel)).map(({ intent }) => intent),
      [
        { kind: "resume", missionId: "m1" },
        { kind: "stop", missionId: "m1" },
      ],
    );
  });
  await shown({ ...fixtures.home, stopped: true }, async (panel) => {
    await button(panel, "Release").click();
    assert.deepEqual(
      (await intents(panel)).map(({ intent }) => intent),
      [{ kind: "release" }],
    );
  });
});

test("the switcher lists live and past missions and opens the one pressed", () =>
  shown(fixtures.running, async (panel) => {
    const { page } = panel;
    await page.locator(".switch").click();
    const menu = page.locator("#missions");
    assert.deepEqual(await menu.locator("h2").allInnerTexts(), [
      "Live",
      "Past",
    ]);
    await menu.getByText("Should sessions be kept").click();
    await menu.waitFor({ state: "hidden" });
    assert.deepEqual((await panel.posted()).at(-1), {
      type: "open",
      missionId: "m-1",
    });
  }));

test("every button of a waiting decision is reached with Tab and pressed with Enter", () =>
  shown(fixtures.waiting, async (panel) => {
    const { page } = panel;
    const reached = new Set<string>();
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(
        () =>
          document.activeElement?.getAttribute("title") ??
          document.activeElement?.textContent.trim() ??
          "",
      );
      reached.add(name.replaceAll(/\s+/g, " "));
      if (name === "Reject…") break;
    }
    for (const name of ["Approve", "Request changes…", "Reject…", "New"])
      assert.ok(reached.has(name), `${name} in ${[...reached].join(" | ")}`);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    assert.equal((await intents(panel)).length, 1);
  }));

test("a decision asked twice of the same person is announced once", () =>
  shown(fixtures.running, async (panel) => {
    await panel.send({ type: "snapshot", snapshot: fixtures.waiting });
    const live = panel.page.locator("[aria-live=polite]");
    assert.match(await live.innerText(), /Needs you: The team approves/);
    await panel.send({
      type: "snapshot",
      snapshot: snapshotOf({
        ...detail,
        status: "waiting",
        stage: "build",
        decisions: [planAsked],
        said: { total: 1, items: [line(99)] },
      }),
    });
    assert.equal(await live.innerText(), "Stage: Build.");
  }));
