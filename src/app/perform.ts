import type { AppPorts } from "../app.ts";
import { decide } from "../core/consensus/decide.ts";
import { fold } from "../core/consensus/decision.ts";
import { RoundtableError } from "../core/errors.ts";
import { groundOf, openingOf, type Opens } from "../mission/open.ts";
import { HUB_STREAM, type Draft } from "../protocol/event.ts";
import { Intent, type IntentInput } from "../protocol/intent.ts";
import type { Runner } from "./runner.ts";
import { electorateOf, needsModel } from "./table.ts";
import type { Views } from "./views.ts";

/** What intents act on. */
export interface Stage {
  readonly ports: AppPorts;
  readonly views: Views;
  readonly runner: Runner;
}

/** Checks an intent and does it. Everything it says is on disk when this resolves. Rejects with a `RoundtableError`; then nothing was changed. */
export async function perform(
  stage: Stage,
  input: IntentInput,
  by: string,
): Promise<{ readonly missionId: string | null }> {
  const parsed = Intent.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new RoundtableError(
      "bad-intent",
      `That cannot be done as asked: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}.`,
      "Nothing was started.",
    );
  }
  const intent = parsed.data;
  switch (intent.kind) {
    case "build":
    case "review":
    case "question":
      return { missionId: await open(stage, intent, by) };
    case "rule":
      await rule(stage, intent, by);
      return { missionId: intent.missionId };
    case "permit":
      await stage.ports.log.append({
        missionId: intent.missionId,
        type: "PermissionAnswered",
        data: { permissionId: intent.permissionId, answer: intent.answer, by },
        by,
        key: `PermissionAnswered/${intent.permissionId}`,
      });
      return { missionId: intent.missionId };
    case "stop":
      await stop(stage, intent.missionId);
      return { missionId: intent.missionId };
    case "stopEverything":
      await switchTo(stage, "StopPulled", by);
      await stopAll(stage);
      return { missionId: null };
    case "release":
      await switchTo(stage, "StopReleased", by);
      return { missionId: null };
    case "resume":
      await resume(stage, intent.missionId, by);
      return { missionId: intent.missionId };
  }
}

async function open(
  { ports, views, runner }: Stage,
  intent: Opens,
  by: string,
): Promise<string> {
  refuseWhenStopped(views);
  const repo = await groundOf(intent, ports.git);
  const model = intent.model ?? (await ports.defaultProvider());
  const models = await ports.models(model);
  if (models === undefined && intent.kind !== "review") throw needsModel();
  const { settings } = ports;
  const missionId = ports.chance.id();
  await ports.log.append(
    openingOf(intent, repo, {
      missionId,
      by,
      model,
      electorate: await electorateOf(
        ports.roles,
        models,
        AbortSignal.timeout(30_000),
      ),
      settings,
      checks:
        settings.checks.length > 0
          ? settings.checks
          : await ports.findChecks(repo.root, repo.commit),
    }),
  );
  runner.start(missionId);
  return missionId;
}

async function rule(
  { ports }: Stage,
  intent: Extract<Intent, { kind: "rule" }>,
  by: string,
): Promise<void> {
  const { missionId, decisionId, artifactHash, verdict, reason } = intent;
  if (verdict === "requestChanges" && reason.trim() === "")
    throw new RoundtableError(
      "bad-intent",
      "Asking for changes needs a word on what to change.",
      "Nothing was recorded; say what you want different.",
    );
  const state = fold(ports.log.mission(missionId), decisionId);
  const facts = decide(
    { type: "RuleAsHuman", artifactHash, verdict, reason, by },
    state,
  );
  await ports.log.appendAll(
    facts.map(
      (fact) =>
        ({
          ...fact,
          missionId,
          by,
          key: `HumanRuled/${decisionId}`,
        }) as Draft,
    ),
  );
}

async function stop(
  { ports, runner }: Stage,
  missionId: string,
): Promise<void> {
  if (runner.running(missionId)) {
    await runner.stop(missionId, "forGood");
    return;
  }
  const [first] = ports.log.mission(missionId);
  if (first?.type !== "MissionOpened") return;
  await ports.git.clear(first.data.repo.root, missionId, { keepBranch: false });
  await ports.log.append({
    missionId,
    type: "MissionClosed",
    data: {
      outcome: {
        kind: "stopped",
        summary: "Stopped. Nothing more will be done; what was said is kept.",
      },
    },
    by: "hub",
    key: "MissionClosed",
  });
}

/** Interrupts what runs and says so in each open mission, so that nobody takes it for running. */
async function stopAll({ ports, views, runner }: Stage): Promise<void> {
  await runner.interruptAll();
  const open = views
    .all()
    .map((view) => view.line())
    .filter(({ status }) => status === "running" || status === "waiting");
  await ports.log.appendAll(
    open.map(({ missionId }) => ({
      missionId,
      type: "MissionStalled" as const,
      data: {
        problem: {
          code: "stopped",
          message: "Everything was stopped.",
          next: "Nothing is lost. Release the stop, then resume the mission.",
        },
      },
      by: "hub",
    })),
  );
}

async function resume(
  { ports, views, runner }: Stage,
  missionId: string,
  by: string,
): Promise<void> {
  refuseWhenStopped(views);
  const view = views.get(missionId);
  if (view === undefined)
    throw new RoundtableError(
      "bad-intent",
      `There is no mission "${missionId}".`,
      "List the missions with `roundtable log`, or pick one in the panel.",
    );
  if (view.line().status === "closed")
    throw new RoundtableError(
      "bad-intent",
      "That mission has ended.",
      "Start a new one; what this one said stays in the log.",
    );
  if (runner.running(missionId)) return;
  await ports.log.append({
    missionId,
    type: "MissionResumed",
    data: {},
    by,
  });
  runner.start(missionId);
}

async function switchTo(
  { ports }: Stage,
  type: "StopPulled" | "StopReleased",
  by: string,
): Promise<void> {
  await ports.log.append({ missionId: HUB_STREAM, type, data: { by }, by });
}

function refuseWhenStopped(views: Views): void {
  if (views.stopped())
    throw new RoundtableError(
      "stopped",
      "Everything is stopped.",
      "Nothing was started. Release the stop first: “Release the Stop” in the palette, or resume in the panel.",
    );
}
