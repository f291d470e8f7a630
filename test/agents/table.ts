import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";
import { sha256 } from "../../src/adapters/clock/sha256.ts";
import { systemChance } from "../../src/adapters/clock/systemChance.ts";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openWorkspace } from "../../src/adapters/workspace/openWorkspace.ts";
import { createCommandGate } from "../../src/agents/commandGate.ts";
import type { ExecutorPorts } from "../../src/agents/executor.ts";
import type {
  CommandResult,
  EventLog,
  Models,
  Sandbox,
  TextLog,
} from "../../src/ports.ts";
import type { RoleFile } from "../../src/protocol/role.ts";
import type {
  ApprovalMode,
  DataOf,
  EventType,
} from "../../src/protocol/event.ts";
import type { WorkOf } from "../../src/protocol/work.ts";
import { memoryLog } from "../fakes/memoryLog.ts";

/** A text log that nobody reads. */
export const quiet: TextLog = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Runs nothing and remembers what it was asked to run. */
export function recordingSandbox(
  holds: boolean,
): Sandbox & { readonly ran: (readonly string[])[] } {
  const ran: (readonly string[])[] = [];
  return {
    ran,
    status: () =>
      Promise.resolve(
        holds
          ? { holds: true, kind: "recording" }
          : { holds: false, why: "there is none" },
      ),
    run({ argv }): Promise<CommandResult> {
      ran.push(argv);
      return Promise.resolve({
        exitCode: 0,
        output: "1 passed",
        timedOut: false,
        sandboxed: holds,
        durationMs: 1,
      });
    },
  };
}

/** A folder with these files, removed after the test. */
export function folderWith(
  t: TestContext,
  files: Readonly<Record<string, string>>,
): string {
  const root = mkdtempSync(path.join(tmpdir(), "roundtable-agents-"));
  t.after(() => {
    rmSync(root, { recursive: true, force: true });
  });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

/** Everything an executor needs, real but for the log in memory and the sandbox. */
export function portsFor(
  t: TestContext,
  options: {
    readonly models?: Models;
    readonly holds?: boolean;
    readonly log?: EventLog;
  } = {},
): ExecutorPorts & {
  readonly sandbox: ReturnType<typeof recordingSandbox>;
} {
  const log = options.log ?? memoryLog();
  t.after(() => log.dispose());
  const chance = systemChance(systemClock);
  const sandbox = recordingSandbox(options.holds ?? true);
  return {
    log,
    chance,
    sandbox,
    clock: systemClock,
    hash: sha256,
    textLog: quiet,
    openWorkspace,
    modelsFor: () => Promise.resolve(options.models),
    commands: createCommandGate({ log, sandbox, chance }),
  };
}

export const MISSION = "mission-1";

/** Opens the mission in the log. */
export async function openMission(
  log: EventLog,
  options: {
    readonly approve?: ApprovalMode;
    readonly budget?: Partial<DataOf<"MissionOpened">["budget"]>;
  } = {},
): Promise<void> {
  await log.append({
    missionId: MISSION,
    type: "MissionOpened",
    by: "human",
    data: {
      kind: "build",
      goal: "Greet politely",
      repo: { root: "/repo", branch: "main", commit: "c", tree: "t" },
      model: "scripted",
      electorate: [],
      rules: {
        threshold: 750,
        quorum: 600,
        maxRounds: 2,
        roundMs: 60_000,
        vetoRoles: ["security"],
        requiredRoles: [],
        prior: 500,
      },
      budget: {
        microUsd: 5_000_000,
        turnsPerTask: 50,
        taskMs: 60_000,
        ...options.budget,
      },
      approve: options.approve ?? "ask",
      checks: [],
      maxAttempts: 3,
    },
  });
}

/** A role that may use everything, unless told otherwise. */
export function roleOf(
  id: string,
  overrides: Partial<RoleFile> = {},
): RoleFile {
  return {
    id,
    name: id,
    role: id,
    description: `The ${id}.`,
    tier: "middle",
    tools: [
      "diagnostics",
      "edit_file",
      "list_files",
      "read_file",
      "remove_file",
      "run_check",
      "search",
      "write_file",
      "*/*",
    ],
    skills: [{ id: "s", name: "S", description: "Does it.", tags: [] }],
    instructions: `You are the ${id}.`,
    ...overrides,
  };
}

export function ballotWork(
  overrides: Partial<WorkOf<"ballot">> = {},
): WorkOf<"ballot"> {
  return {
    kind: "ballot",
    missionId: MISSION,
    key: "ballot",
    goal: "Greet politely",
    attempt: 1,
    root: tmpdir(),
    writable: false,
    decisionId: "d",
    round: 1,
    subject: "change",
    artifactHash: "h",
    artifact: "diff --git a/greet.js b/greet.js",
    evidence: [],
    contested: [],
    ...overrides,
  };
}

export function implementWork(
  root: string,
  overrides: Partial<WorkOf<"implement">> = {},
): WorkOf<"implement"> {
  const step = {
    id: "greet",
    title: "Greet",
    intent: "Say please.",
    files: ["greet.js"],
    dependsOn: [],
  };
  return {
    kind: "implement",
    missionId: MISSION,
    key: "implement",
    goal: "Greet politely",
    attempt: 1,
    root,
    writable: true,
    plan: { summary: "Greet.", steps: [step], risks: [], doneWhen: [] },
    step,
    findings: [],
    remarks: [],
    checks: [["node", "--test"]],
    ...overrides,
  };
}

/** Data of all events of a type in the mission. */
export function dataOf<T extends EventType>(
  log: EventLog,
  type: T,
): readonly DataOf<T>[] {
  return log
    .mission(MISSION)
    .flatMap((event) => (event.type === type ? [event.data as DataOf<T>] : []));
}
