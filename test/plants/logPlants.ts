import type { Plant } from "./plant.ts";

const DURABILITY = "test/adapters/log/durability.test.ts";
const DAMAGE = "test/adapters/log/damage.test.ts";
const EXPORT = "test/adapters/log/exportImport.test.ts";
const ARCHIVE = "test/adapters/log/archive.test.ts";

/** Bugs of the event log and of its files. */
export const LOG_PLANTS: readonly Plant[] = [
  {
    name: "log-acknowledges-before-commit",
    file: "src/adapters/log/store.ts",
    find: 'this.#statement("COMMIT").run();',
    replace: 'setImmediate(() => this.#statement("COMMIT").run());',
    breaks: "An event is acknowledged only once it is committed.",
    tests: [DURABILITY],
  },
  {
    name: "log-synchronous-normal",
    file: "src/adapters/log/schema.ts",
    find: "PRAGMA synchronous = FULL;",
    replace: "PRAGMA synchronous = NORMAL;",
    breaks: "An acknowledged event survives a power cut.",
    tests: [DURABILITY],
  },
  {
    name: "log-commit-without-bound",
    file: "src/adapters/log/sqliteLog.ts",
    find: "const end = this.#queue.findIndex(",
    replace: "const end = this.#queue.findLastIndex(",
    breaks: "A commit stores a bounded number of events.",
    tests: ["test/adapters/log/limits.test.ts"],
  },
  {
    name: "log-writes-into-a-deleted-file",
    file: "src/adapters/log/store.ts",
    find: "this.#refuseReplaced();\n    this.#statement",
    replace: "this.#statement",
    breaks: "Nothing is acknowledged into a file that was moved or deleted.",
    tests: ["test/adapters/log/oneWriter.test.ts"],
  },
  {
    name: "log-stale-writer-goes-on",
    file: "src/adapters/log/store.ts",
    find: "if (epoch !== this.#epoch)",
    replace: "if (Number(epoch) < this.#epoch)",
    breaks: "A writer whose log another window took over stores nothing more.",
    tests: ["test/adapters/log/oneWriter.test.ts"],
  },
  {
    name: "log-chain-link-not-checked",
    file: "src/adapters/log/verify.ts",
    find: "event?.prevHash === before;",
    replace: "event !== undefined;",
    breaks: "An event that was moved or taken out of its mission is found.",
    tests: [DAMAGE],
  },
  {
    name: "log-tasks-watermark-too-high",
    file: "src/adapters/log/lateTasks.ts",
    find: "place = since - 1;",
    replace: "place = since;",
    breaks: "After a crash every task is known as its last event left it.",
    tests: ["test/adapters/log/lateTasks.test.ts"],
  },
  {
    name: "log-migration-in-two-steps",
    file: "src/adapters/log/schema.ts",
    find: "if (old) db.exec(FROM_1);",
    replace: "if (old) db.exec(`${FROM_1} COMMIT; BEGIN IMMEDIATE`);",
    breaks: "A log is brought up to date wholly or not at all.",
    tests: ["test/adapters/log/migration.test.ts"],
  },
  {
    name: "log-snapshot-older-than-its-events-trusted",
    file: "src/app/views.ts",
    find: "if (known?.seq === lastSeq) {",
    replace: "if (known !== undefined) {",
    breaks: "What is kept of a mission counts only up to its own last event.",
    tests: ["test/app/views.test.ts"],
  },
  {
    name: "log-import-takes-a-wrong-hash",
    file: "src/adapters/log/logFile.ts",
    find: "if (hashOf(body) !== hash)",
    replace: "if (hashOf(body).length !== hash.length)",
    breaks: "No event is imported whose content is not what its hash is of.",
    tests: [EXPORT],
  },
  {
    name: "log-import-takes-a-broken-chain",
    file: "src/adapters/log/logFile.ts",
    find: 'if (fromRow(row)?.prevHash !== (before?.tip ?? ""))',
    replace: "if (fromRow(row) === undefined)",
    breaks: "No event is imported that does not follow the one before it.",
    tests: [EXPORT],
  },
  {
    name: "log-archive-not-read-back",
    file: "src/adapters/log/shelf.ts",
    find: "for await (const _ of partsIn(draft));",
    replace: "",
    breaks: "Events leave the log only after their file was read back whole.",
    tests: [ARCHIVE],
  },
  {
    name: "log-archive-takes-late-events-along",
    file: "src/adapters/log/archive.ts",
    find: 'if (now?.["events"] !== events) throw',
    replace: 'if (now?.["events"] === undefined) throw',
    breaks: "What was said after the file was written stays in the log.",
    tests: [ARCHIVE],
  },
];
