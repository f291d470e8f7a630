/** What every {@link EventLog} promises; each implementation runs all of it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isProblem } from "../../src/core/errors.ts";
import { hashInput } from "../../src/core/events.ts";
import { sha256 } from "../../src/adapters/clock/sha256.ts";
import type { EventLog, MissionFact, TaskQuery } from "../../src/ports.ts";
import type { TaskState } from "../../src/protocol/a2a.ts";
import type { Draft, Recorded } from "../../src/protocol/event.ts";
import { EVENT_VERSION, HUB_STREAM } from "../../src/protocol/event.ts";

/** A note in a mission: the smallest event with a text of its own. */
export function note(
  missionId: string,
  text: string,
  key?: string,
): Draft & { readonly type: "AgentLeft" } {
  return {
    missionId,
    type: "AgentLeft",
    data: { agentId: "dev", why: text },
    by: "hub",
    ...(key === undefined ? {} : { key }),
  };
}

/** The text of a {@link note}. */
export function textOf(event: Recorded): string {
  assert.equal(event.type, "AgentLeft");
  return event.data.why;
}

function submitted(
  taskId: string,
  contextId: string,
  who: { readonly from?: string; readonly agentId?: string } = {},
): Draft {
  return {
    missionId: contextId,
    type: "TaskSubmitted",
    data: {
      taskId,
      contextId,
      agentId: "dev",
      from: "client",
      to: "role:developer",
      message: {
        messageId: taskId,
        role: "ROLE_USER",
        parts: [{ text: "go" }],
      },
      ...who,
    },
    by: "client",
  };
}

function status(taskId: string, missionId: string, state: TaskState): Draft {
  return {
    missionId,
    type: "TaskStatusChanged",
    data: { taskId, status: { state } },
    by: "dev",
  };
}

function told(taskId: string, missionId: string): Draft {
  return {
    missionId,
    type: "MessageSent",
    data: {
      from: "client",
      to: "dev",
      message: {
        messageId: "more",
        taskId,
        role: "ROLE_USER",
        parts: [{ text: "more" }],
      },
    },
    by: "client",
  };
}

function opening(missionId: string): Draft {
  return {
    missionId,
    type: "MissionOpened",
    data: {
      kind: "question",
      goal: "why",
      repo: { root: "/r", branch: null, commit: "c", tree: "t" },
      model: "none",
      electorate: [],
      rules: {
        threshold: 750,
        quorum: 600,
        maxRounds: 2,
        roundMs: 60_000,
        vetoRoles: [],
        requiredRoles: [],
        prior: 500,
      },
      budget: { microUsd: 1, turnsPerTask: 1, taskMs: 1000 },
      approve: "ask",
      checks: [],
      maxAttempts: 1,
    },
    by: "human",
  };
}

/** Runs the suite; `open` gives a fresh, empty log whose clock stands at `at`. */
export function eventLogContract(
  name: string,
  at: number,
  open: () => Promise<EventLog>,
): void {
  const withLog = (
    use: (log: EventLog) => Promise<void> | void,
  ): (() => Promise<void>) => {
    return async () => {
      const log = await open();
      try {
        await use(log);
      } finally {
        await log.dispose();
      }
    };
  };

  describe(`the event log promises, ${name}`, () => {
    it(
      "an event gets its place, its time, its writer and its version",
      withLog(async (log) => {
        const first = await log.append(note("m1", "one"));
        const second = await log.append(note("m2", "two"));
        assert.deepEqual([first.seq, second.seq, log.head()], [1, 2, 2]);
        assert.equal(first.at, at);
        assert.equal(first.epoch, log.epoch);
        assert.equal(first.v, EVENT_VERSION);
        assert.equal(first.by, "hub");
        assert.ok(log.epoch >= 1);
        assert.ok(log.place.length > 0);
      }),
    );

    it(
      "the events of a mission are a chain of hashes, whatever lies between them",
      withLog(async (log) => {
        await log.appendAll([
          note("m1", "a"),
          note("m2", "x"),
          note("m1", "b"),
          note("m1", "c"),
        ]);
        const chain = log.mission("m1");
        assert.deepEqual(chain.map(textOf), ["a", "b", "c"]);
        assert.deepEqual(
          chain.map((event) => event.prevHash),
          ["", chain[0]?.hash, chain[1]?.hash],
        );
        for (const event of chain)
          assert.equal(event.hash, sha256(hashInput(event)));
        assert.deepEqual(log.verify(), []);
      }),
    );

    it(
      "what is read is what was returned",
      withLog(async (log) => {
        const text = 'ä 漢 😀 " \\ \u2028 \u0000 \ud800 </script>';
        const stored = await log.append(note("m1", text, "k"));
        assert.equal(stored.data.why, text);
        assert.deepEqual(log.read({})[0], stored);
        assert.deepEqual(log.mission("m1")[0], stored);
        assert.deepEqual(log.find("m1", "k"), stored);
        assert.deepEqual(log.verify(), []);
      }),
    );

    it(
      "a second append with a key stores nothing and returns the first event",
      withLog(async (log) => {
        const first = await log.append(note("m1", "first", "k"));
        const again = await log.append(note("m1", "second", "k"));
        const elsewhere = await log.append(note("m2", "third", "k"));
        assert.deepEqual(again, first);
        assert.equal(textOf(elsewhere), "third");
        assert.equal(log.head(), 2);
        assert.equal(log.find("m1", "nothing"), undefined);
      }),
    );

    it(
      "two drafts with one key in the same batch, or in the same turn, are one event",
      withLog(async (log) => {
        const [batch, single] = await Promise.all([
          log.appendAll([note("m1", "a", "k"), note("m1", "b", "k")]),
          log.append(note("m1", "c", "k")),
        ]);
        assert.deepEqual([...batch, single].map(textOf), ["a", "a", "a"]);
        assert.equal(log.head(), 1);
      }),
    );

    it(
      "appends are stored in the order of the calls and a batch is adjacent",
      withLog(async (log) => {
        const appends: Promise<unknown>[] = [];
        for (let i = 0; i < 50; i += 1) {
          appends.push(log.append(note("m1", `single ${String(i)}`)));
          appends.push(
            log.appendAll([
              note("m1", `left ${String(i)}`),
              note("m2", `right ${String(i)}`),
            ]),
          );
        }
        await Promise.all(appends);
        assert.deepEqual(
          log.read({}).map(textOf),
          Array.from({ length: 50 }, (_, i) => [
            `single ${String(i)}`,
            `left ${String(i)}`,
            `right ${String(i)}`,
          ]).flat(),
        );
        assert.deepEqual(
          log.read({}).map((event) => event.seq),
          Array.from({ length: 150 }, (_, i) => i + 1),
        );
      }),
    );

    it(
      "a batch with one bad draft stores nothing",
      withLog(async (log) => {
        const bad = { ...note("m1", "b"), data: { agentId: 7 } };
        await assert.rejects(
          log.appendAll([note("m1", "a"), bad as unknown as Draft]),
          (error) => isProblem(error, "internal"),
        );
        assert.equal(log.head(), 0);
        assert.deepEqual(await log.appendAll([]), []);
      }),
    );

    it(
      "a draft that cannot be told apart or kept safely is refused",
      withLog(async (log) => {
        const refused: unknown[] = [
          { ...note("m1", "x"), type: "NoSuchThing" },
          { ...note("m1", "x"), type: "toString" },
          note("", "x"),
          note("m\u0000", "x"),
          note("\ud800", "x"),
          note("m1", "x", ""),
          note("m1", "x", "k".repeat(513)),
          { ...note("m1", "x"), by: "" },
        ];
        for (const draft of refused)
          await assert.rejects(log.append(draft as Draft), (error) =>
            isProblem(error, "internal"),
          );
        assert.equal(log.head(), 0);
      }),
    );

    it(
      "changing a draft after handing it over changes nothing",
      withLog(async (log) => {
        const data = { agentId: "dev", why: "before" };
        const appended = log.append({ ...note("m1", ""), data });
        data.why = "after";
        assert.equal(textOf(await appended), "before");
      }),
    );

    it(
      "reading goes on after a position, in pages, of one mission or of all",
      withLog(async (log) => {
        for (let i = 1; i <= 6; i += 1)
          await log.append(note(i % 2 === 0 ? "even" : "odd", String(i)));
        const texts = (query: Parameters<EventLog["read"]>[0]): string[] =>
          log.read(query).map(textOf);
        assert.deepEqual(texts({}), ["1", "2", "3", "4", "5", "6"]);
        assert.deepEqual(texts({ after: 4 }), ["5", "6"]);
        assert.deepEqual(texts({ after: 1, limit: 2 }), ["2", "3"]);
        assert.deepEqual(texts({ missionId: "odd" }), ["1", "3", "5"]);
        assert.deepEqual(texts({ missionId: "odd", after: 1, limit: 1 }), [
          "3",
        ]);
        assert.deepEqual(texts({ missionId: "none" }), []);
      }),
    );

    it(
      "reading gives 1,000 events unless told otherwise, a mission all of its own",
      withLog(async (log) => {
        await log.appendAll(
          Array.from({ length: 1100 }, (_, i) => note("m1", String(i))),
        );
        assert.equal(log.read({}).length, 1000);
        assert.equal(log.mission("m1").length, 1100);
      }),
    );

    it(
      "missions are listed oldest first, without the hub's own stream",
      withLog(async (log) => {
        await log.append(note(HUB_STREAM, "hub"));
        await log.append(note("z", "1"));
        await log.append(note("a", "2"));
        await log.append(note("z", "3"));
        assert.deepEqual(log.missions(), ["z", "a"]);
      }),
    );

    it(
      "reading may be narrowed to a task, or to types; the last of some types is found",
      withLog(async (log) => {
        await log.append(submitted("t1", "ctx"));
        await log.append(note("ctx", "between"));
        await log.append(status("t1", "ctx", "TASK_STATE_WORKING"));
        await log.append(submitted("t2", "other"));
        await log.append(told("t1", "ctx"));
        const seqs = (query: Parameters<EventLog["read"]>[0]): number[] =>
          log.read(query).map(({ seq }) => seq);
        assert.deepEqual(seqs({ taskId: "t1" }), [1, 3, 5]);
        assert.deepEqual(seqs({ taskId: "t1", after: 1, limit: 1 }), [3]);
        assert.deepEqual(seqs({ taskId: "none" }), []);
        assert.deepEqual(seqs({ types: ["TaskSubmitted"] }), [1, 4]);
        assert.deepEqual(
          seqs({ types: ["AgentLeft", "MessageSent"], missionId: "ctx" }),
          [2, 5],
        );
        assert.deepEqual(seqs({ types: ["AgentLeft", "StopPulled"] }), [2]);
        assert.deepEqual(seqs({ types: [] }), []);
        assert.equal(log.last("ctx", ["AgentLeft", "TaskSubmitted"])?.seq, 2);
        assert.equal(log.last("ctx", ["TaskStatusChanged"])?.seq, 3);
        assert.equal(log.last("ctx", ["StopPulled"]), undefined);
        assert.equal(log.last("none", ["AgentLeft"]), undefined);
      }),
    );

    it(
      "how a task stands is known as soon as its last event is acknowledged",
      withLog(async (log) => {
        assert.equal(log.task("t1"), undefined);
        await log.appendAll([
          submitted("t1", "ctx"),
          status("t1", "ctx", "TASK_STATE_WORKING"),
        ]);
        await log.append({
          missionId: "ctx",
          type: "TaskReassigned",
          data: { taskId: "t1", from: "dev", to: "qa", why: "gone" },
          by: "hub",
        });
        await log.append(note("ctx", "nothing of it"));
        const last = await log.append(
          status("t1", "ctx", "TASK_STATE_COMPLETED"),
        );
        assert.deepEqual(log.task("t1"), {
          id: "t1",
          contextId: "ctx",
          agentId: "qa",
          to: "role:developer",
          from: "client",
          takeovers: 1,
          state: "TASK_STATE_COMPLETED",
          openedSeq: 1,
          openedAt: at,
          statusSeq: last.seq,
          statusAt: at,
        });
        await log.append(status("nobody's", "ctx", "TASK_STATE_WORKING"));
        assert.equal(log.task("nobody's"), undefined);
      }),
    );

    it(
      "tasks are listed by their last change of state, in pages, by who has them, who gave them, context, state and time",
      withLog(async (log) => {
        for (let i = 1; i <= 6; i += 1)
          await log.append(
            submitted(`t${String(i)}`, i % 2 === 0 ? "even" : "odd", {
              from: i <= 3 ? "client" : "other",
              ...(i === 6 ? { agentId: "qa" } : {}),
            }),
          );
        await log.append(status("t2", "even", "TASK_STATE_COMPLETED"));
        const list = (query: Partial<TaskQuery>): readonly string[] =>
          log.tasks({ limit: 10, ...query }).tasks.map(({ id }) => id);
        assert.deepEqual(list({}), ["t2", "t6", "t5", "t4", "t3", "t1"]);
        assert.deepEqual(list({ limit: 2 }), ["t2", "t6"]);
        assert.deepEqual(list({ limit: 2, before: 6 }), ["t5", "t4"]);
        assert.deepEqual(log.tasks({ limit: 2, before: 6 }).total, 6);
        assert.deepEqual(list({ address: "qa" }), ["t6"]);
        assert.equal(list({ address: "role:developer" }).length, 6);
        assert.deepEqual(list({ from: "client" }), ["t2", "t3", "t1"]);
        assert.deepEqual(list({ contextId: "odd" }), ["t5", "t3", "t1"]);
        assert.deepEqual(list({ state: "TASK_STATE_COMPLETED" }), ["t2"]);
        assert.deepEqual(list({ changedAfter: at }), []);
        assert.equal(list({ changedAfter: at - 1 }).length, 6);
        assert.equal(
          log.tasks({ limit: 1, from: "other", contextId: "even" }).total,
          2,
        );
      }),
    );

    it(
      "missions that were opened are listed newest first, with how far they are, and counted by how they ended",
      withLog(async (log) => {
        assert.deepEqual(log.missionCounts(), { open: 0, closed: {} });
        for (const missionId of ["a", "b", "c"])
          await log.append(opening(missionId));
        await log.append(note("conversation", "no mission"));
        await log.append({
          missionId: "b",
          type: "MissionClosed",
          data: { outcome: { kind: "answered", summary: "42" } },
          by: "hub",
        });
        await log.append(note("b", "late"));
        const mission = (
          missionId: string,
          openedSeq: number,
          lastSeq = openedSeq,
        ): MissionFact => ({
          missionId,
          openedSeq,
          lastSeq,
          isClosed: missionId === "b",
        });
        assert.deepEqual(log.opened({ limit: 10 }), [
          mission("c", 3),
          mission("b", 2, 6),
          mission("a", 1),
        ]);
        assert.deepEqual(log.opened({ limit: 1, before: 3 }), [
          mission("b", 2, 6),
        ]);
        assert.deepEqual(log.opened({ limit: 10, open: true }), [
          mission("c", 3),
          mission("a", 1),
        ]);
        assert.deepEqual(log.missionCounts(), {
          open: 2,
          closed: { answered: 1 },
        });
      }),
    );

    it(
      "a snapshot is what was kept last under its name, with its place",
      withLog(async (log) => {
        assert.equal(log.snapshot("line", "a"), undefined);
        log.keepSnapshot("line", "a", 1, { text: "one" });
        log.keepSnapshot("line", "b", 2, ["two"]);
        log.keepSnapshot("line", "a", 3, { text: "three" });
        const check = (): void => {
          const { seq, body } = log.snapshot("line", "a") ?? {};
          assert.deepEqual([seq, body], [3, { text: "three" }]);
          assert.deepEqual(log.snapshot("line", "b")?.body, ["two"]);
          assert.equal(log.snapshot("other", "a"), undefined);
        };
        check();
        await log.append(note("m1", "takes them along"));
        check();
      }),
    );

    it(
      "listeners hear of every commit in order, before the append resolves, and of nothing twice",
      withLog(async (log) => {
        const heard: number[] = [];
        const stop = log.subscribe((events) => {
          assert.ok(log.head() >= (events.at(-1)?.seq ?? 0));
          heard.push(...events.map((event) => event.seq));
        });
        await log.append(note("m1", "a", "k"));
        assert.deepEqual(heard, [1]);
        await log.append(note("m1", "again", "k"));
        await Promise.all([
          log.append(note("m1", "b")),
          log.appendAll([note("m2", "c"), note("m2", "d")]),
        ]);
        assert.deepEqual(heard, [1, 2, 3, 4]);
        stop();
        stop();
        await log.append(note("m1", "e"));
        assert.deepEqual(heard, [1, 2, 3, 4]);
      }),
    );

    it(
      "a listener may append, stop itself and stop others while it is told",
      withLog(async (log) => {
        const followUp = Promise.withResolvers<Recorded>();
        const stop = log.subscribe(() => {
          stop();
          stopOther();
          log
            .append(note("m1", "second"))
            .then(followUp.resolve, followUp.reject);
        });
        const toldOther: number[] = [];
        const stopOther = log.subscribe((events) => {
          toldOther.push(events.length);
        });
        await log.append(note("m1", "first"));
        assert.equal(textOf(await followUp.promise), "second");
        assert.equal(log.head(), 2);
        assert.deepEqual(toldOther, []);
      }),
    );

    it(
      "waiting finds what is stored already",
      withLog(async (log) => {
        await log.append(note("m1", "a"));
        await log.append(note("m1", "b"));
        await log.append(note("m2", "b"));
        const found = await log.waitFor(
          "m1",
          "AgentLeft",
          (event) => event.data.why === "b",
          new AbortController().signal,
        );
        assert.equal(found.seq, 2);
      }),
    );

    it(
      "waiting finds what is stored later",
      withLog(async (log) => {
        const waiting = log.waitFor(
          "m1",
          "AgentLeft",
          (event) => event.data.why === "late",
          new AbortController().signal,
        );
        await log.append(note("m2", "late"));
        await log.append(note("m1", "early"));
        await log.append({
          missionId: "m1",
          type: "StopPulled",
          data: { by: "human" },
          by: "human",
        });
        const late = await log.append(note("m1", "late"));
        assert.deepEqual(await waiting, late);
      }),
    );

    it(
      "waiting ends with the signal's reason, or with log-closed when the log ends",
      withLog(async (log) => {
        const reason = new Error("enough");
        const abort = new AbortController();
        const never = (): boolean => false;
        const aborted = log.waitFor("m1", "AgentLeft", never, abort.signal);
        const closed = log.waitFor(
          "m1",
          "AgentLeft",
          never,
          new AbortController().signal,
        );
        abort.abort(reason);
        await assert.rejects(aborted, reason);
        await assert.rejects(
          log.waitFor("m1", "AgentLeft", never, abort.signal),
          reason,
        );
        const rejected = assert.rejects(closed, (error) =>
          isProblem(error, "log-closed"),
        );
        await log.dispose();
        await rejected;
      }),
    );

    it(
      "closing stores what was handed over, then refuses, and may be repeated",
      withLog(async (log) => {
        const heard: string[] = [];
        log.subscribe((events) => heard.push(...events.map(textOf)));
        const last = log.append(note("m1", "last"));
        await Promise.all([log.dispose(), log.dispose()]);
        assert.equal(textOf(await last), "last");
        assert.deepEqual(heard, ["last"]);
        await assert.rejects(log.append(note("m1", "late")), (error) =>
          isProblem(error, "log-closed"),
        );
        await assert.rejects(log.appendAll([note("m1", "late")]), (error) =>
          isProblem(error, "log-closed"),
        );
      }),
    );
  });
}
