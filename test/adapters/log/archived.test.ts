import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { note, textOf } from "../../contract/eventLog.ts";
import { logFile, opened, openedWithProblems, tamper } from "./fixture.ts";

/** A closed log with two missions whose events alternate, ten each; `sql` was done to the file. */
async function archivedLog(
  t: TestContext,
  sql: (tip: string) => string,
): Promise<string> {
  const file = logFile(t);
  const log = await opened(t, file);
  await log.appendAll(
    Array.from({ length: 20 }, (_, i) =>
      note(i % 2 === 0 ? "old" : "young", String(i)),
    ),
  );
  const tip = log.mission("old").at(-1)?.hash ?? "";
  await log.dispose();
  const db = new DatabaseSync(file);
  db.exec(sql(tip));
  db.close();
  return file;
}

const archive = (tip: string): string =>
  `INSERT INTO archived VALUES ('old', 1, 19, 10, '${tip}')`;

describe("a mission in an archive", () => {
  it("may be taken out of the log, and only then: its gaps are no damage", async (t) => {
    await assert.rejects(
      archivedLog(t, () => "DELETE FROM events WHERE mission = 'old'"),
      /never deleted/,
    );
    const file = await archivedLog(
      t,
      (tip) => `${archive(tip)}; DELETE FROM events WHERE mission = 'old'`,
    );
    const log = await opened(t, file);
    assert.deepEqual(log.verify(), []);
    assert.deepEqual(log.mission("old"), []);
    assert.equal(log.mission("young").length, 10);
  });

  it("does not excuse what is missing of others, nor one event more than it had", async (t) => {
    const file = await archivedLog(
      t,
      (tip) => `${archive(tip)}; DELETE FROM events WHERE mission = 'old'`,
    );
    tamper(file, "DELETE FROM events WHERE seq = 10");
    const log = await opened(t, file);
    assert.deepEqual(log.verify(), [
      { missionId: "young", seq: 12 },
      { missionId: "", seq: 1 },
    ]);
  });

  it("listed but not yet taken out is still held to its hashes", async (t) => {
    const file = await archivedLog(t, archive);
    assert.deepEqual((await opened(t, file)).verify(), []);
  });

  it("keeps its places and the end of its chain, should it ever go on", async (t) => {
    const file = await archivedLog(
      t,
      (tip) =>
        `INSERT INTO archived VALUES ('young', 2, 20, 10, 'x'); DELETE FROM events WHERE mission = 'young'; ${archive(tip)}; DELETE FROM events WHERE mission = 'old'`,
    );
    const log = await opened(t, file);
    assert.equal(log.head(), 20);
    const event = await log.append(note("young", "again"));
    assert.deepEqual([event.seq, event.prevHash], [21, "x"]);
    assert.deepEqual(log.verify(), []);
  });

  it("is still known after a repair", async (t) => {
    const file = await archivedLog(
      t,
      (tip) => `${archive(tip)}; DELETE FROM events WHERE mission = 'old'`,
    );
    tamper(
      file,
      "UPDATE events SET body = replace(body, 'dev', 'lie') WHERE seq = 20",
    );
    const { log, problems } = await openedWithProblems(t, file);
    assert.equal(problems.length, 1);
    assert.deepEqual(log.mission("young").map(textOf).at(-1), "17");
    assert.deepEqual(log.verify(), []);
  });
});
