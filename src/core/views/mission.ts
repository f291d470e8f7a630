import type {
  DataOf,
  Outcome,
  Problem,
  Recorded,
  RecordedOf,
} from "../../protocol/event.ts";
import type {
  AgentLine,
  MissionDetail,
  MissionLine,
  MissionStatus,
  PermissionCard,
  Said,
  Stage,
} from "../../protocol/panel.ts";
import {
  evolveDecision,
  isDecisionEvent,
  type DecisionView,
} from "./decision.ts";
import type { Table } from "./said/deliberation.ts";
import { viewFindings } from "./findings.ts";
import { viewPlans } from "./plans.ts";
import { say } from "./said.ts";
import { attemptOf, firstStage, nextStage, rail } from "./stages.ts";

/** One mission, folded event by event; what it gives out is fresh and never changes afterwards. */
export interface MissionView {
  /** Takes the next event of this mission, in log order. */
  apply(event: Recorded): void;
  line(): MissionLine;
  /** The mission in full with the conversation's last `tail` lines. */
  detail(tail: number): MissionDetail;
  /** Up to `limit` lines before the line with this `seq`. */
  older(before: number, limit: number): readonly Said[];
}

/** Begins a view with the event that opened the mission. */
export function viewMission(first: RecordedOf<"MissionOpened">): MissionView {
  const { missionId, at: openedAt, data: opened } = first;
  const said: Said[] = [];
  const decisions = new Map<string, DecisionView>();
  const permissions = new Map<string, PermissionCard>();
  const agents = new Map<string, AgentLine>();
  const tasks = new Map<
    string,
    { readonly agentId: string; readonly doing: string }
  >();
  const reserved = new Map<string, DataOf<"CallReserved">>();
  const spent = {
    microUsd: 0,
    calls: 0,
    inputTokens: 0,
    cacheReadTokens: 0,
    outputTokens: 0,
  };
  let stage: Stage = firstStage(opened.kind);
  let attempt = 1;
  let plan: MissionDetail["plan"] = null;
  let resolution: MissionDetail["resolution"] = null;
  let change: MissionDetail["change"] = null;
  let record: MissionDetail["record"] = null;
  let outcome: Outcome | null = null;
  let closedAt: number | null = null;
  let problem: Problem | null = null;
  let capMicroUsd = opened.budget.microUsd;

  for (const elector of opened.electorate)
    agents.set(elector.agentId, {
      agentId: elector.agentId,
      name: elector.name,
      role: elector.role,
      lineage: elector.lineage,
      state: "idle",
      doing: "",
      microUsd: 0,
      calls: 0,
    });

  const findings = viewFindings(first);

  const table: Table = {
    name: (agentId) => agents.get(agentId)?.name ?? agentId,
    ballots: (decisionId, round) =>
      decisions
        .get(decisionId)
        ?.ballots.filter((ballot) => ballot.round === round) ?? [],
    finding: (findingId) => {
      const found = findings
        .list()
        .find((item) => item.findingId === findingId);
      return found === undefined
        ? "a finding"
        : `\`${found.path}${found.line > 0 ? `:${String(found.line)}` : ""}\` ${found.claim}`;
    },
  };

  const plans = viewPlans(table.name);

  const touch = (agentId: string, how: Partial<AgentLine>): void => {
    const agent = agents.get(agentId);
    if (agent !== undefined) agents.set(agentId, { ...agent, ...how });
  };

  const charge = (call: DataOf<"CallReserved">, microUsd: number): void => {
    const agent = agents.get(call.agentId);
    if (agent !== undefined)
      touch(call.agentId, {
        microUsd: agent.microUsd + microUsd,
        calls: agent.calls + 1,
      });
  };

  const step = (stepId: string, state: "working" | "built"): void => {
    if (plan === null) return;
    plan = {
      ...plan,
      steps: plan.steps.map((item) =>
        item.stepId === stepId ? { stepId, state } : item,
      ),
    };
  };

  const apply = (event: Recorded): void => {
    stage = nextStage(stage, event);
    plans.apply(event);
    attempt = attemptOf(event) ?? attempt;
    findings.apply(event);
    if (isDecisionEvent(event)) {
      const { decisionId } = event.data;
      const next = evolveDecision(decisions.get(decisionId), event, attempt);
      if (next !== undefined) decisions.set(decisionId, next);
    }
    switch (event.type) {
      case "PlanProposed":
        plan = {
          version: attempt,
          hash: event.data.hash,
          plan: event.data.plan,
          steps: event.data.plan.steps.map(({ id }) => ({
            stepId: id,
            state: "todo",
          })),
        };
        break;
      case "ResolutionProposed":
        resolution = {
          version: attempt,
          hash: event.data.hash,
          resolution: event.data.resolution,
        };
        break;
      case "DecisionRecorded":
        record = event.data.path;
        break;
      case "MissionResumed":
        capMicroUsd = event.data.budget?.microUsd ?? capMicroUsd;
        break;
      case "StepBuilt":
        step(event.data.stepId, "built");
        break;
      case "ChangeProposed":
        change = event.data.change;
        break;
      case "MissionStalled":
        problem = event.data.problem;
        break;
      case "MissionClosed":
        outcome = event.data.outcome;
        closedAt = event.at;
        permissions.clear();
        for (const agentId of agents.keys())
          touch(agentId, { state: "idle", doing: "" });
        break;
      case "TaskSubmitted": {
        const doing = event.data.message.metadata?.["doing"];
        const words = typeof doing === "string" ? doing : "working";
        tasks.set(event.data.taskId, {
          agentId: event.data.agentId,
          doing: words,
        });
        touch(event.data.agentId, { state: "working", doing: words });
        const stepId = event.data.message.metadata?.["stepId"];
        if (typeof stepId === "string") step(stepId, "working");
        break;
      }
      case "TaskStatusChanged": {
        const task = tasks.get(event.data.taskId);
        if (task !== undefined && isTerminal(event.data.status.state)) {
          tasks.delete(event.data.taskId);
          const others = [...tasks.values()].find(
            (other) => other.agentId === task.agentId,
          );
          touch(
            task.agentId,
            others ? { doing: others.doing } : { state: "idle", doing: "" },
          );
        }
        break;
      }
      case "CallReserved":
        reserved.set(event.data.callId, event.data);
        break;
      case "CallSettled": {
        const call = reserved.get(event.data.callId);
        reserved.delete(event.data.callId);
        if (call !== undefined) charge(call, event.data.microUsd);
        spent.microUsd += event.data.microUsd;
        spent.calls += 1;
        spent.inputTokens +=
          event.data.usage.inputTokens + event.data.usage.cacheWriteTokens;
        spent.cacheReadTokens += event.data.usage.cacheReadTokens;
        spent.outputTokens += event.data.usage.outputTokens;
        break;
      }
      case "PermissionAsked":
        permissions.set(event.data.permissionId, {
          missionId,
          permissionId: event.data.permissionId,
          agentId: event.data.agentId,
          what: event.data.what,
          subject: event.data.subject,
          why: event.data.why,
          at: event.at,
        });
        break;
      case "PermissionAnswered":
        permissions.delete(event.data.permissionId);
        break;
      default:
    }
    if (event.type === "MissionResumed" || event.type === "MissionClosed")
      problem = null;
    const words = say(event, table);
    if (words !== undefined) said.push(words);
  };

  const status = (): MissionStatus => {
    if (outcome !== null) return "closed";
    if (problem !== null) return "stalled";
    const asks = [...decisions.values()].some(({ card }) => card.asks !== null);
    return asks || permissions.size > 0 ? "waiting" : "running";
  };

  const line = (): MissionLine => ({
    missionId,
    kind: opened.kind,
    goal: opened.goal,
    status: status(),
    stage,
    openedAt,
    closedAt,
    microUsd: spent.microUsd,
    outcome,
  });

  const end = (): "open" | "good" | "bad" => {
    if (outcome === null) return problem === null ? "open" : "bad";
    return ["merged", "accepted", "answered"].includes(outcome.kind)
      ? "good"
      : "bad";
  };

  const view: MissionView = {
    apply,
    line,
    detail: (tail) => ({
      ...line(),
      attempt,
      model: opened.model,
      stages: rail(opened.kind, stage, end()),
      spent: {
        ...spent,
        capMicroUsd,
        reservedMicroUsd: [...reserved.values()].reduce(
          (sum, call) => sum + call.microUsd,
          0,
        ),
      },
      plan,
      planVersions: plans.list(),
      resolution,
      record,
      change,
      decisions: [...decisions.values()].map(({ card }) => card),
      findings: findings.list(),
      permissions: [...permissions.values()],
      agents: [...agents.values()],
      problem,
      repoRoot: opened.repo.root,
      said: {
        total: said.length,
        items: said.slice(Math.max(0, said.length - tail)),
      },
    }),
    older: (before, limit) => {
      const until = said.findIndex((item) => item.seq >= before);
      const upTo = until === -1 ? said.length : until;
      return said.slice(Math.max(0, upTo - limit), upTo);
    },
  };
  apply(first);
  return view;
}

/** True for states after which a task never changes. */
export function isTerminal(state: string): boolean {
  return [
    "TASK_STATE_COMPLETED",
    "TASK_STATE_FAILED",
    "TASK_STATE_CANCELED",
    "TASK_STATE_REJECTED",
  ].includes(state);
}
