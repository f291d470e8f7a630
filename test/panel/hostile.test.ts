import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { PanelSnapshot } from "../../src/protocol/panel.ts";
import { fresh, tabs } from "../../src/panel/remembered.ts";
import { changeAsked, detail, fixtures, line, snapshotOf } from "./fixtures.ts";
import { startPanelRig, type Panel, type PanelRig } from "./openPanel.ts";

let rig: PanelRig;
before(async () => {
  rig = await startPanelRig();
});
after(() => rig.close());

const attack = [
  `<script>window.owned = 1</script>`,
  `<img src=x onerror="window.owned = 1">`,
  `<svg onload="window.owned = 1"><style>*{display:none}</style></svg>`,
  `<iframe srcdoc="<script>parent.owned = 1</script>"></iframe>`,
  `![stolen](https://attacker.invalid/a.png)`,
  `[![x](https://attacker.invalid/b.png)](https://attacker.invalid/)`,
  `[run](javascript:window.owned=1)`,
  `[data](data:text/html,<script>parent.owned=1</script>)`,
  `[command](command:workbench.action.terminal.new)`,
  `<a href="javascript:window.owned=1" style="position:fixed;inset:0">x</a>`,
  `<form action="https://attacker.invalid/"><input autofocus onfocus="window.owned=1"></form>`,
  `<link rel=stylesheet href="https://attacker.invalid/c.css"><meta http-equiv=refresh content="0;url=https://attacker.invalid/">`,
  `"><b x="`,
  "${7*7}{{7*7}}",
].join("\n\n");

/** Puts the attack at the end of every text of a value, but leaves alone what the page uses as a key or a word of the protocol. */
function poisoned<T>(value: T): T {
  const keep =
    /^(missionId|kind|status|stage|state|tone|severity|standing|verdict|phase|outcome|subject|what|agentId|from|to|stepId|decisionId|permissionId|how|claimId)$/;
  const walk = (part: unknown, name: string): unknown => {
    if (typeof part === "string")
      return keep.test(name) || /^(wrong|wontFix|outOfScope)$/.test(part)
        ? part
        : `${part} ${attack}`;
    if (Array.isArray(part)) return part.map((entry) => walk(entry, name));
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, entry]) => [key, walk(entry, key)]),
    );
  };
  return walk(value, "") as T;
}

async function assertHarmless(panel: Panel): Promise<void> {
  assert.deepEqual(await panel.trouble(), []);
  const found = await panel.page.evaluate(() => ({
    owned: "owned" in window,
    elements: [
      ...document.querySelectorAll(
        "#page :is(script, img, iframe, style, link, meta, form:not(.ruling form), object, embed, [style*=fixed], [onerror], [onload], [autofocus])",
      ),
    ].map((element) => element.outerHTML),
    links: [...document.querySelectorAll("#page a")].map(
      (link) => new URL((link as HTMLAnchorElement).href).protocol,
    ),
  }));
  assert.equal(found.owned, false);
  assert.deepEqual(found.elements, []);
  assert.ok(
    found.links.every((protocol) => /^(https?|mailto):$/.test(protocol)),
  );
}

for (const [name, snapshot] of Object.entries<PanelSnapshot>({
  welcome: fixtures.welcome,
  home: fixtures.home,
  escalated: fixtures.escalated,
  permission: fixtures.permission,
  stalled: fixtures.stalled,
  finished: fixtures.finished,
})) {
  test(`hostile text in every field of ${name} runs nothing and asks the network for nothing`, async () => {
    for (const tab of snapshot.open === null ? ["talk" as const] : tabs) {
      const panel = await rig.open({ state: { ...fresh, tab }, height: 3_000 });
      try {
        await panel.send({ type: "snapshot", snapshot: poisoned(snapshot) });
        await panel.send({
          type: "typing",
          missionId: "m1",
          agentId: attack,
          delta: attack,
        });
        for (const _ of ["outer", "inner"]) {
          await panel.page.evaluate(() => {
            for (const folded of document.querySelectorAll("details"))
              folded.open = true;
          });
          await panel.send();
          await panel.send();
        }
        await assertHarmless(panel);
      } finally {
        await panel.close();
      }
    }
  });
}

test("hostile speakers' names and findings' paths are shown as they are", async () => {
  const panel = await rig.open();
  try {
    await panel.send({
      type: "snapshot",
      snapshot: snapshotOf({
        ...detail,
        decisions: [changeAsked],
        said: {
          total: 1,
          items: [line(1, { from: attack, to: attack, text: "hello" })],
        },
      }),
    });
    await assertHarmless(panel);
    assert.match(
      await panel.page.locator(".said .name").innerText(),
      /<script>window\.owned/,
    );
  } finally {
    await panel.close();
  }
});

test("a link shows its whole address, an image is a description, raw HTML is text", async () => {
  const panel = await rig.open();
  try {
    await panel.send({
      type: "snapshot",
      snapshot: snapshotOf({
        ...detail,
        said: {
          total: 1,
          items: [
            line(1, {
              text: "[the docs](https://example.invalid/a?b=c) ![a cat](https://example.invalid/cat.png) <b>raw</b>",
            }),
          ],
        },
      }),
    });
    const text = panel.page.locator(".said .md");
    assert.equal(
      (await text.innerText()).replaceAll(/\s+/g, " ").trim(),
      "the docs https://example.invalid/a?b=c a cat: https://example.invalid/cat.png <b>raw</b>",
    );
    assert.equal(await text.locator("a").count(), 1);
    await assertHarmless(panel);
  } finally {
    await panel.close();
  }
});
