/**
 * Runs the sample mission in a process of its own, or goes on with it: `missionChild DIR after|before NAMES`. It dies by SIGKILL at the
 * first event named in the JSON list NAMES, once it is on disk or as it is about to be stored, and writes that name to standard error
 * first. Prints names and outcome as JSON when it lives to see the end.
 */
import { writeSync } from "node:fs";
import { join } from "node:path";
import { SAMPLE_GOAL } from "../../src/adapters/rehearsal/sample.ts";
import type { EventLog } from "../../src/ports.ts";
import type { Draft } from "../../src/protocol/event.ts";
import { Settings } from "../../src/protocol/settings.ts";
import { openRoundtable } from "../../src/world.ts";
import { createNames } from "./signature.ts";

const [dir = "", media = "", moment = "after", list = "[]"] =
  process.argv.slice(2);
const deadly = new Set(JSON.parse(list) as readonly string[]);
const met: string[] = [];
const quiet = (): void => undefined;

const { app, ports, dispose } = await openRoundtable({
  storage: join(dir, "storage"),
  trees: join(dir, "trees"),
  media,
  root: null,
  settings: Settings.parse({
    model: "rehearsal",
    checks: [["node", "--test"]],
  }),
  textLog: { info: quiet, warn: quiet, error: quiet },
  apiKey: () => Promise.resolve(""),
});
watch(ports.log);

const [known] = ports.log.missions();
if (known === undefined)
  await app.perform(
    {
      kind: "build",
      goal: SAMPLE_GOAL,
      repo: join(dir, "repo"),
      approve: "auto",
    },
    "human",
  );
else await app.resumeAll();
const missionId = ports.log.missions()[0] ?? "";
const outcome = await app.ended(missionId, new AbortController().signal);
await dispose();
process.stdout.write(JSON.stringify({ outcome, met }));

function note(name: string): void {
  met.push(name);
  if (!deadly.has(name)) return;
  writeSync(2, name);
  process.kill(process.pid, "SIGKILL");
}

/** Follows what this process stores; the log itself is the real one. */
function watch(log: EventLog): void {
  const nameOf = createNames(log.read({ limit: 100_000 }));
  if (moment === "after") {
    log.subscribe((events) => {
      for (const event of events) note(nameOf(event));
    });
    return;
  }
  const { append, appendAll } = log;
  Object.assign(log, {
    append: (draft: Draft) => {
      note(nameOf(draft));
      return append.call(log, draft);
    },
    appendAll: (drafts: readonly Draft[]) => {
      for (const draft of drafts) note(nameOf(draft));
      return appendAll.call(log, drafts);
    },
  });
}
