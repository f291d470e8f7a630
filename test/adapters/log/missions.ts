import type { EventLog } from "../../../src/ports.ts";
import type { Draft } from "../../../src/protocol/event.ts";
import { note } from "../../contract/eventLog.ts";

const hash = "a".repeat(64);

/** What opens a mission. */
export function opening(missionId: string, goal: string): Draft {
  return {
    missionId,
    type: "MissionOpened",
    data: {
      kind: "question",
      goal,
      repo: { root: "/repo", branch: "main", commit: hash, tree: hash },
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
      budget: { microUsd: 5_000_000, turnsPerTask: 50, taskMs: 60_000 },
      approve: "ask",
      checks: [],
      maxAttempts: 3,
    },
    by: "human",
  };
}

/** What closes a mission. */
export function closing(missionId: string): Draft {
  return {
    missionId,
    type: "MissionClosed",
    data: { outcome: { kind: "answered", summary: "Yes." } },
    by: "hub",
    key: "MissionClosed",
  };
}

/** A message to an agent, de-duplicated by its id. */
export function asked(missionId: string, messageId: string): Draft {
  return {
    missionId,
    type: "MessageSent",
    data: {
      from: "human",
      to: "planner",
      // A line separator and an emoji: only a line feed may end a line of a file.
      message: {
        messageId,
        role: "ROLE_USER",
        parts: [{ text: `One\u2028two 🍵 ${messageId}` }],
      },
    },
    by: "human",
    key: messageId,
  };
}

/** Stores a mission from its opening to its end, with `notes` words of `size` characters in between. */
export async function wholeMission(
  log: EventLog,
  missionId: string,
  notes = 3,
  size = 10,
): Promise<void> {
  await log.appendAll([
    opening(missionId, `Shall we do ${missionId}?`),
    asked(missionId, "first"),
    ...Array.from({ length: notes }, (_, n) =>
      note(missionId, `${String(n)} ${"x".repeat(size)}`),
    ),
    closing(missionId),
  ]);
}
