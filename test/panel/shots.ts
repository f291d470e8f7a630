// Pictures of the panel at the moments that matter: node test/panel/shots.ts OUTDIR [part of a name]
import { mkdir } from "node:fs/promises";
import path from "node:path";

import type { Tab } from "../../src/panel/remembered.ts";
import { fresh } from "../../src/panel/remembered.ts";
import type { PanelSnapshot, ToPage } from "../../src/protocol/panel.ts";
import { detail, fixtures, snapshotOf } from "./fixtures.ts";
import { shared, withTeammates } from "./sharedFixture.ts";
import { startPanelRig } from "./openPanel.ts";
import { path as way } from "./pathFixture.ts";
import { themes } from "./themes.ts";

const folder = process.argv[2];
const wanted = process.argv[3] ?? "";
if (folder === undefined) {
  console.error("Say where the pictures go: node test/panel/shots.ts OUTDIR");
  process.exit(2);
}

const tabsOf: Readonly<Record<string, readonly Tab[]>> = {
  running: ["talk", "plan", "decisions", "team", "path"],
  escalated: ["talk", "decisions", "change", "plan"],
  finished: ["talk", "change", "decisions"],
  shared: ["talk", "change", "decisions"],
  teammates: ["decisions"],
};
const typing: ToPage = {
  type: "typing",
  missionId: "m1",
  agentId: "qa",
  delta: "The last week of a year is where this goes wrong, so I want to see",
};

const pictured: Readonly<Record<string, PanelSnapshot>> = {
  ...fixtures,
  shared,
  teammates: snapshotOf({ ...detail, decisions: [withTeammates] }),
  replay: {
    ...fixtures.waiting,
    replay: {
      ...{ step: 212, steps: 364, seq: 240, speed: 10, next: null },
      at: fixtures.waiting.open?.openedAt ?? 0,
    },
  },
};

await mkdir(folder, { recursive: true });
const rig = await startPanelRig();
for (const theme of themes.filter((name) => name !== "highContrastLight")) {
  for (const [name, snapshot] of Object.entries(pictured)) {
    for (const tab of tabsOf[name] ?? ["talk" as const]) {
      for (const width of [380, 720]) {
        const file = `${name}-${tab}-${theme}-${String(width)}.png`;
        if (!file.includes(wanted)) continue;
        const panel = await rig.open({
          theme,
          width,
          height: 820,
          state: { ...fresh, missionId: "m1", tab },
        });
        await panel.send({ type: "snapshot", snapshot });
        if (name === "running") await panel.send(typing);
        if (tab === "path")
          await panel.send({ type: "path", missionId: "m1", path: way });
        await panel.page.evaluate(() => document.fonts.ready);
        await panel.send();
        await panel.send();
        await panel.page.screenshot({ path: path.join(folder, file) });
        const trouble = await panel.trouble();
        if (trouble.length > 0) console.error(file, trouble);
        await panel.close();
      }
    }
  }
}
await rig.close();
