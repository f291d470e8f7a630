import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { detail, line, snapshotOf } from "./fixtures.ts";
import { startPanelRig, type PanelRig } from "./openPanel.ts";

let rig: PanelRig;
before(async () => {
  rig = await startPanelRig();
});
after(() => rig.close());

/** What the page makes of a message, as HTML, without lit's comments. */
async function drawn(...texts: readonly string[]): Promise<readonly string[]> {
  const panel = await rig.open({ height: 3_000 });
  try {
    const items = texts.map((text, index) => line(index + 1, { text }));
    await panel.send({
      type: "snapshot",
      snapshot: snapshotOf({
        ...detail,
        said: { total: items.length, items },
      }),
    });
    await panel.page.locator(`[data-seq="${String(items.length)}"]`).waitFor();
    return await panel.page
      .locator(".said .md > div")
      .evaluateAll((shown) => shown.map((element) => element.innerHTML));
  } finally {
    await panel.close();
  }
}

test("paragraphs, breaks, emphasis and code", async () => {
  assert.deepEqual(
    await drawn(
      "One **bold** and *slanted* and ~~gone~~\nnext `a*b*c` line\n\nTwo snake_case_name and \\*stars\\*",
      "`` a ` b `` and 2 * 3 * 4 and **open",
    ),
    [
      "<p>One <strong>bold</strong> and <em>slanted</em> and <del>gone</del><br>next <code>a*b*c</code> line</p><p>Two snake_case_name and *stars*</p>",
      "<p><code> a ` b </code> and 2 * 3 * 4 and **open</p>",
    ],
  );
});

test("lists nest, number from where they start, and hold code", async () => {
  assert.deepEqual(
    await drawn(
      "- one\n- two\n  - inner\n\n    more\n- three",
      "3. three\n4. four\n\ntext",
      "- a\n  ```\n  code\n  ```\n* b",
      "- [x] done\n- [ ] open",
    ),
    [
      "<ul><li>one</li><li>two<ul><li>innermore</li></ul></li><li>three</li></ul>",
      '<ol start="3"><li>three</li><li>four</li></ol><p>text</p>',
      "<ul><li>a<pre><code>code</code></pre></li></ul><ul><li>b</li></ul>",
      "<ul><li>☑ done</li><li>☐ open</li></ul>",
    ],
  );
});

test("headings, quotes, rules, tables and fences", async () => {
  assert.deepEqual(
    await drawn(
      "# Top\n### Low ###\n> quoted\n> - item\n\n---\n| a | b |\n|---|:-:|\n| 1 | `2` |",
      '```ts\nconst a = "<b>";\n\n# not a heading\n```\nafter',
      "~~~\nnever closed",
    ),
    [
      "<h4>Top</h4><h5>Low</h5><blockquote><p>quoted</p><ul><li>item</li></ul></blockquote><hr><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td><code>2</code></td></tr></tbody></table>",
      '<pre><code>const a = "&lt;b&gt;";\n\n# not a heading</code></pre><p>after</p>',
      "<pre><code>never closed</code></pre>",
    ],
  );
});

test("links carry their address; those that cannot be followed are text", async () => {
  assert.deepEqual(
    await drawn(
      "See https://a.invalid/x_y_z, <https://b.invalid> and [c](https://c.invalid/(1)).",
      "[run](javascript:alert(1)) [f](file:///etc/passwd) [r](//evil.invalid)",
    ),
    [
      '<p>See <a href="https://a.invalid/x_y_z" title="https://a.invalid/x_y_z">https://a.invalid/x_y_z</a>, <a href="https://b.invalid" title="https://b.invalid">https://b.invalid</a> and <a href="https://c.invalid/(1)" title="https://c.invalid/(1)"><span>c</span></a> <code>https://c.invalid/(1)</code>.</p>',
      "<p>run <code>javascript:alert(1)</code> f <code>file:///etc/passwd</code> r <code>//evil.invalid</code></p>",
    ],
  );
});

test("text made to keep a parser busy is drawn within two seconds", async () => {
  const began = performance.now();
  await drawn(
    "*a ".repeat(16_000),
    "[".repeat(50_000),
    "> ".repeat(25_000),
    "`".repeat(49_999),
    "- ".repeat(25_000),
    `${"a|".repeat(10_000)}\n${"-|".repeat(10_000)}`,
    "![".repeat(25_000),
    "**_".repeat(16_000),
    "\n".repeat(50_000),
    "- a\n".repeat(12_000),
  );
  assert.ok(performance.now() - began < 2_000 + 2_000, "page start included");
});
