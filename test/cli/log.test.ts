import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { logFile, opened, tamper } from "../adapters/log/fixture.ts";
import {
  asked,
  closing,
  opening,
  wholeMission,
} from "../adapters/log/missions.ts";
import { temporaryRepo } from "../adapters/git/temporaryRepo.ts";
import { run, start } from "./terminal.ts";

/** A log somebody writes, and how to look at it. */
async function written(t: TestContext) {
  const file = logFile(t);
  const log = await opened(t, file);
  await wholeMission(log, "m1");
  const home = dirname(file);
  const look = (...args: string[]) => run(home, [...args, "--file", file]);
  return { file, home, log, look };
}

describe(
  "while another process writes the log, the terminal",
  { concurrency: 2 },
  () => {
    it("lists its missions and shows one in full", async (t) => {
      const { look } = await written(t);
      const list = await look("log");
      assert.equal(list.code, 0, list.err);
      assert.match(list.out, /^m1 .* answered .* Shall we do m1\?\n$/);
      const one = await look("log", "--mission", "m1");
      assert.match(one.out, /Shall we do m1\?/);
      const json = await look("log", "--mission", "m1", "--json");
      assert.equal(json.out.trim().split("\n").length, 6);
    });

    it("replays a conversation and says at the end how it stood", async (t) => {
      const { look } = await written(t);
      const all = await look("replay", "m1", "--speed", "max");
      assert.equal(all.code, 0, all.err);
      assert.match(all.out, /human .* Shall we do m1\?/);
      assert.match(all.out, /As it stood after event 6 \(6 of 6\)/);
      assert.match(all.out, /Status: +closed \(answered: Yes\.\)/);
      assert.match(all.out, /Decision: none yet\nCost: +\$0\.00 of \$5\.00/);
      const some = await look("replay", "m1", "--until", "2", "--from", "2");
      assert.doesNotMatch(some.out, /human .* Shall we/);
      assert.match(some.out, /two 🍵 first/);
      assert.match(some.out, /after event 2 \(2 of 6\).*\nStatus: +running/);
      const past = await look(
        "replay",
        "m1",
        "--until",
        "2020-01-01",
        "--json",
      );
      const lines = past.out.trim().split("\n");
      const end = JSON.parse(lines.at(-1) ?? "") as {
        readonly replayedTo: number;
        readonly state: { readonly status: string };
      };
      assert.deepEqual([end.replayedTo, end.state.status], [1, "running"]);
    });

    it("exports, checks and backs up; another hub imports, lists and replays", async (t) => {
      const { home, look, file } = await written(t);
      const out = join(home, "out.jsonl");
      assert.match(
        (await look("log", "export", "--out", out)).out,
        /6 events of 1 mission/,
      );
      const piped = await look("log", "export", "--mission", "m1");
      assert.equal(piped.out.split("\n").length, 9);
      assert.match(
        (await look("log", "check")).out,
        /^Sound: 6 events of 1 mission/,
      );
      const copy = join(home, "copy.db");
      assert.match((await look("log", "backup", copy)).out, /the copy checked/);
      assert.ok(existsSync(copy));

      const there = ["--file", logFile(t)] as const;
      const taken = await run(home, ["log", "import", out, ...there]);
      assert.match(taken.out, /^m1 {2}taken in, to be read and replayed/);
      assert.match(
        (await run(home, ["log", ...there])).out,
        /^m1 .* imported /,
      );
      const played = await run(home, [
        "replay",
        "m1",
        "--speed",
        "max",
        ...there,
      ]);
      assert.match(played.out, /Status: +closed/);
      assert.equal(
        (await look("log", "import", out)).out.includes("here already"),
        true,
      );
      writeFileSync(
        out,
        readFileSync(out, "utf8").replace("planner", "plonker"),
      );
      const refused = await look("log", "import", out);
      assert.deepEqual([refused.code, refused.out], [2, ""]);
      assert.match(refused.err, /^roundtable: Line 3 of .*\nNothing was taken/);
      assert.ok(existsSync(file));
    });

    it("may not archive, restore or repair it, and says why", async (t) => {
      const { look, home } = await written(t);
      for (const args of [["archive", "--older-than", "0"], ["repair"]]) {
        const { code, err } = await look("log", ...args);
        assert.equal(code, 2);
        assert.match(err, /Another window or terminal has the log/);
      }
      assert.equal(existsSync(join(home, "archive")), false);
    });
  },
);

describe("when nobody writes the log, the terminal", { concurrency: 2 }, () => {
  it("archives what has ended, replays it from there, and brings it back", async (t) => {
    const { log, look, home } = await written(t);
    await log.append(opening("m2", "And then?"));
    await log.dispose();
    const gone = await look("log", "archive", "--older-than", "0");
    assert.match(gone.out, /^m1 {2}6 events in archive\/m1\.jsonl\.gz\n$/);
    assert.match((await look("log")).out, /^m2 .*running.*\nm1 .*archived/);
    assert.match((await look("replay", "m1", "--speed", "max")).out, /6 of 6/);
    const path = join(home, "archive", "m1.jsonl.gz");
    assert.match(
      (await look("log", "restore", path)).out,
      /^m1 {2}6 events back/,
    );
    assert.match((await look("log")).out, /m1 .*answered/);
    assert.deepEqual(readdirSync(join(home, "archive")), []);
  });

  it("tells with exit code 1 which event is broken, and repairs", async (t) => {
    const { log, look, file } = await written(t);
    await log.dispose();
    tamper(
      file,
      "UPDATE events SET body = replace(body, 'planner', 'x') WHERE seq = 2",
    );
    const broken = await look("log", "check");
    assert.equal(broken.code, 1);
    assert.match(
      broken.out,
      /^Mission m1, event 2 \(MessageSent\): its content/,
    );
    const repaired = await look("log", "repair");
    assert.match(repaired.out, /5 events could be read/);
    assert.match((await look("log", "repair")).out, /Nothing to repair/);
    const after = await look("log", "check");
    assert.match(after.out, /event 3: it does not follow the event before it/);
  });

  it("ends a replay with the first Ctrl+C, at the event it has reached", async (t) => {
    const file = logFile(t);
    let now = 0;
    const log = await opened(t, file, {
      clock: { now: () => (now += 2000), after: () => Promise.resolve() },
    });
    await log.append(opening("m1", "Shall we?"));
    for (let n = 0; n < 200; n += 1) await log.append(asked("m1", String(n)));
    await log.append(closing("m1"));
    const played = start(dirname(file), ["replay", "m1", "--file", file]);
    await played.shows("Shall we?");
    played.child.kill("SIGINT");
    const { code, out, err } = await played.ended;
    assert.equal(code, 0, err);
    assert.match(out, /Ended here after event \d \(\d of 202\)/);
  });

  it("does not go on with a mission of another hub, and says how to look at it", async (t) => {
    using repo = temporaryRepo();
    const { home, look } = await written(t);
    const out = join(home, "out.jsonl");
    await look("log", "export", "--out", out);
    const here = ["--repo", repo.root] as const;
    await run(repo.top, ["log", "import", out, ...here]);
    const resumed = await run(repo.top, ["resume", "--mission", "m1", ...here]);
    assert.equal(resumed.code, 2);
    assert.match(resumed.err, /m1 is another hub's.*\n.*roundtable replay m1/);
  });

  it("names what it cannot do", async (t) => {
    const { look, home } = await written(t);
    for (const [args, says] of [
      [["replay", "nobody"], /There is no mission "nobody"/],
      [["replay", "m1", "--speed", "0"], /a number above 0, or max/],
      [["replay", "m1", "--until", "soon"], /an event's number, or a time/],
      [["log", "archive"], /--older-than/],
      [["log", "archive", "--older-than", "old"], /an age such as 30d/],
      [
        ["log", "export", "--mission", "nobody"],
        /There is no mission "nobody"/,
      ],
    ] as const) {
      const { code, err } = await look(...args);
      assert.equal(code, 2, args.join(" "));
      assert.match(err, says);
    }
    const none = await run(home, [
      "log",
      "check",
      "--file",
      join(home, "x.db"),
    ]);
    assert.match(none.err, /There is no log at /);
  });
});
