import { RoundtableError } from "../core/errors.ts";
import { budgetOf, groundOf, openingOf, type Opens } from "../mission/open.ts";
import { Intent, type IntentInput } from "../protocol/intent.ts";
import { learnFromPast } from "./past.ts";
import { recordDecision } from "./record.ts";
import { rulesHere } from "./rules.ts";
import type { Stage } from "./stage.ts";
import { permit, rule } from "./answer.ts";
import {
  dismissFinding,
  explainFinding,
  reviewOf,
  settleFinding,
} from "./findings.ts";
import { everythingStopped, pullStop, releaseStop, stop } from "./stop.ts";
import { electorateOf, needsModel, weighTeammates } from "./table.ts";
import { known, type Views } from "./views.ts";

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
      `That cannot be done as asked: ${issue?.path.join(".") ?? "intent"}: ${issue?.message ?? "unknown"}.`,
      "Nothing was started. Correct it and try again.",
    );
  }
  const intent = parsed.data;
  switch (intent.kind) {
    case "build":
    case "review":
    case "question":
      return { missionId: await open(stage, intent, by) };
    case "reviewAgain":
      return {
        missionId: await open(
          stage,
          reviewOf(stage, intent),
          by,
          intent.missionId,
        ),
      };
    case "rule":
      await rule(stage, intent, by);
      return { missionId: intent.missionId };
    case "permit":
      await permit(stage, intent, by);
      return { missionId: intent.missionId };
    case "dismissFinding":
      await dismissFinding(stage, intent, by);
      return { missionId: intent.missionId };
    case "settleFinding":
      await settleFinding(stage, intent, by);
      return { missionId: intent.missionId };
    case "explainFinding":
      await explainFinding(stage, intent);
      return { missionId: intent.missionId };
    case "recordDecision":
      await recordDecision(stage, intent.missionId, by);
      return { missionId: intent.missionId };
    case "stop":
      await stop(stage, intent.missionId);
      return { missionId: intent.missionId };
    case "stopEverything":
      await pullStop(stage, by);
      return { missionId: null };
    case "release":
      await releaseStop(stage, by);
      return { missionId: null };
    case "resume":
      await resume(stage, intent.missionId, by);
      return { missionId: intent.missionId };
  }
}

async function open(
  { ports, views, runner, trust, teammates }: Stage,
  intent: Opens,
  by: string,
  again?: string,
): Promise<string> {
  refuseWhenStopped(views);
  const { repo, rulesAt } = await groundOf(intent, ports.git);
  const effective = await rulesHere(ports, repo.root, rulesAt);
  await learnFromPast(ports, repo);
  const model = intent.model ?? (await ports.defaultProvider());
  const models = await ports.models(model);
  if (models === undefined && intent.kind !== "review") throw needsModel();
  const { settings } = ports;
  const local = await electorateOf(
    ports.roles,
    models,
    { trust: trust.counts(), weights: effective.weights },
    AbortSignal.timeout(30_000),
  );
  const invited = intent.peers ?? [];
  const guests =
    invited.length === 0
      ? []
      : (await teammates()).invite(
          invited,
          weighTeammates(local, trust.counts()),
        );
  const missionId = ports.chance.id();
  await ports.log.append(
    openingOf(intent, repo, {
      missionId,
      by,
      model,
      ...(again !== undefined && { again }),
      electorate: [...local, ...guests],
      effective,
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

async function resume(
  { ports, views, runner }: Stage,
  missionId: string,
  by: string,
): Promise<void> {
  refuseWhenStopped(views);
  if (known(views, missionId).line().status === "closed")
    throw new RoundtableError(
      "bad-intent",
      "That mission has ended.",
      "Start a new one; what this one said stays in the log.",
    );
  if (runner.running(missionId)) return;
  await ports.log.append({
    missionId,
    type: "MissionResumed",
    // Under today's settings: a budget that ran out may have been raised.
    data: { budget: budgetOf(ports.settings) },
    by,
  });
  runner.start(missionId);
}

function refuseWhenStopped(views: Views): void {
  if (views.stopped()) throw everythingStopped();
}
