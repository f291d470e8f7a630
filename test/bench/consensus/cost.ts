import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openClaude } from "../../../src/adapters/claude/openClaude.ts";
import { costOf } from "../../../src/adapters/claude/prices.ts";
import { sha256 } from "../../../src/adapters/clock/sha256.ts";
import { systemChance } from "../../../src/adapters/clock/systemChance.ts";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { play, read, submit } from "../../../src/adapters/rehearsal/turn.ts";
import type { Script } from "../../../src/adapters/rehearsal/turn.ts";
import { startRehearsal } from "../../../src/adapters/rehearsal/startRehearsal.ts";
import { loadRoles } from "../../../src/adapters/roles/loadRoles.ts";
import { openWorkspace } from "../../../src/adapters/workspace/openWorkspace.ts";
import { createCommandGate } from "../../../src/agents/commandGate.ts";
import { createExecutor } from "../../../src/agents/executor.ts";
import { sharedModels } from "../../../src/agents/sharedModels.ts";
import type { Models } from "../../../src/ports.ts";
import type { RoleFile } from "../../../src/protocol/role.ts";
import type { Work } from "../../../src/protocol/work.ts";
import { memoryLog } from "../../fakes/memoryLog.ts";

/** What one decision costs, US$, with the first call warming the cache for the rest and without. */
export interface CostFigure {
  readonly warmed: number;
  readonly cold: number;
  readonly ratio: number;
}

/** The figures of `npm run bench:consensus` on cost. */
export interface CostFigures extends CostFigure {
  readonly measure: "cost";
  readonly bar: number;
  /** Tokens of the artifact. */
  readonly artifactTokens: number;
  /** The same with the tiers the role files name, where votes come from two models and there are two caches to fill. */
  readonly defaultRoles: CostFigure;
}

const ARTIFACT_TOKENS = 60_000;
const BAR = 0.4;
/** Long enough for all five calls to be under way before the first is answered. */
const THINK_MS = 400;

/** What the rehearsal's models stand for when it comes to money. */
const PRICED: Readonly<Record<string, string>> = {
  "rehearsal-strong": "claude-opus-5-5",
  "rehearsal-middle": "claude-sonnet-5-5",
  "rehearsal-cheap": "claude-haiku-5-5",
};

/**
 * Five agents with the shipped role files vote on a change of 60,000 tokens, each after a look into a file, through the shipped executor,
 * tools and client, against a server that counts its cache to the byte. Everything but the warming is the same in both runs.
 */
export async function costFigures(): Promise<CostFigures> {
  const media = join(import.meta.dirname, "../../../media/roles");
  const roles = (await loadRoles([media])).filter(
    ({ role }) => role !== "senior",
  );
  const oneModel = await compared(
    roles.map((role) => ({ ...role, tier: "strong" as const })),
  );
  const defaultRoles = await compared(roles);
  return {
    measure: "cost",
    ...oneModel,
    bar: BAR,
    artifactTokens: ARTIFACT_TOKENS,
    defaultRoles,
  };
}

async function compared(roles: readonly RoleFile[]): Promise<CostFigure> {
  const warmed = await decide(roles, (models) =>
    sharedModels(models, { hash: sha256, clock: systemClock }, roles.length),
  );
  const cold = await decide(roles, (models) => models);
  return { warmed, cold, ratio: Number((warmed / cold).toFixed(3)) };
}

/** Lets them vote; returns what it cost. */
async function decide(
  roles: readonly RoleFile[],
  way: (models: Models) => Models,
): Promise<number> {
  const root = await mkdtemp(join(tmpdir(), "roundtable-cost-"));
  await writeFile(join(root, "cart.js"), artifact(1_500));
  const server = await startRehearsal({ script: voting, thinkMs: THINK_MS });
  const log = memoryLog();
  try {
    const chance = systemChance(systemClock);
    const models = way(openClaude({ ...server, clock: systemClock }));
    const sandbox = {
      status: () =>
        Promise.resolve({ holds: false as const, why: "nothing is run here" }),
      run: () => Promise.reject(new Error("nothing is run here")),
    };
    const executor = createExecutor({
      log,
      chance,
      clock: systemClock,
      hash: sha256,
      textLog: { info: quiet, warn: quiet, error: quiet },
      openWorkspace,
      commands: createCommandGate({ log, sandbox, chance }),
      modelsFor: () => Promise.resolve(models),
    });
    const work = ballotOn(root);
    const replies = await Promise.all(
      roles.map((role) =>
        executor.execute(
          work,
          role,
          { taskId: role.id, agentId: role.id, onText: quiet, onSaid: quiet },
          AbortSignal.timeout(60_000),
        ),
      ),
    );
    for (const reply of replies)
      if (!reply.ok) throw new Error(`nobody voted: ${reply.message}`);
    const microUsd = log
      .mission(work.missionId)
      .flatMap((event) => (event.type === "CallSettled" ? [event.data] : []))
      .reduce(
        (sum, { model, usage }) =>
          sum + costOf(PRICED[model] ?? "an unknown model", usage),
        0,
      );
    return Number((microUsd / 1_000_000).toFixed(4));
  } finally {
    await server.dispose();
    await log.dispose();
    await rm(root, { recursive: true, force: true });
  }
}

function ballotOn(root: string): Work {
  return {
    kind: "ballot",
    missionId: "cost",
    key: "ballot",
    goal: "Review this change.",
    attempt: 1,
    root,
    writable: false,
    decisionId: "change",
    round: 1,
    subject: "change",
    artifactHash: "tree",
    artifact: artifact(ARTIFACT_TOKENS),
    evidence: [],
    contested: [],
  };
}

/** Lines of a diff of about so many tokens, four characters to one. */
function artifact(tokens: number): string {
  const lines: string[] = [];
  for (let length = 0, number = 1; length < tokens * 4; number += 1) {
    const line = `+  total${String(number)} = add(total${String(number - 1)}, cart.lines[${String(number)}].price);`;
    lines.push(line);
    length += line.length + 1;
  }
  return lines.join("\n");
}

/** Looks into a file, then votes: about 900 tokens of thought and words each, like a real ballot. */
const voting: Script = (request) =>
  play(
    [
      {
        kind: "speech",
        thinking: "What does this line add up, and what not? ".repeat(20),
        text: "I look at how the total is made.",
        calls: [read("cart.js")],
      },
      {
        kind: "speech",
        thinking: "Every line adds one price, and none is left out. ".repeat(
          30,
        ),
        calls: [
          submit({
            verdict: "approve",
            confidence: 80,
            reason: "Each total adds one price to the one before. ".repeat(10),
            findings: [
              {
                path: "cart.js",
                line: 3,
                claim: "A cart of many lines makes a name for each of them.",
                severity: "low",
              },
            ],
          }),
        ],
      },
    ],
    request,
  );

function quiet(): void {
  // What is said on the way is no figure.
}

if (import.meta.main) {
  const figures = await costFigures();
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  if (figures.ratio > BAR) process.exitCode = 1;
}
