import type { Chance, EventLog } from "../ports.ts";
import type { ApprovalMode, DataOf, Recorded } from "../protocol/event.ts";

/** Something an agent wants to do that is not its own to decide. */
export interface PermissionRequest {
  readonly missionId: string;
  readonly agentId: string;
  readonly what: DataOf<"PermissionAsked">["what"];
  /** Exactly what would happen; an answer for the whole mission holds for this text to the letter. */
  readonly subject: string;
  readonly why: string;
  /** True where only a person may say yes, whatever policy answers the rest. */
  readonly onlyByPerson?: boolean;
}

/** Asks the human, or the policy the user chose instead. */
export interface Permissions {
  /** True when it may be done. Waits as long as it takes; rejects with the signal's reason when aborted, and then withdraws the question. */
  ask(request: PermissionRequest, signal: AbortSignal): Promise<boolean>;
}

/** Permissions over the log: what was answered for the mission is not asked again, also after a restart. */
export function createPermissions(ports: {
  readonly log: EventLog;
  readonly chance: Chance;
}): Permissions {
  const { log, chance } = ports;

  const answer = async (
    missionId: string,
    permissionId: string,
    given: DataOf<"PermissionAnswered">["answer"],
    by: string,
  ): Promise<void> => {
    await log.append({
      missionId,
      type: "PermissionAnswered",
      data: { permissionId, answer: given, by },
      by,
    });
  };

  return {
    async ask(request, signal) {
      signal.throwIfAborted();
      const { missionId, agentId, what, subject, why } = request;
      const { open, forMission } = lookUp(log.mission(missionId), request);
      if (forMission) return true;

      const permissionId = open ?? chance.id();
      if (open === undefined)
        await log.append({
          missionId,
          type: "PermissionAsked",
          data: { permissionId, agentId, what, subject, why },
          by: agentId,
        });

      const mode = approvalMode(log, missionId);
      if (mode !== "ask")
        await answer(
          missionId,
          permissionId,
          mode === "auto" && request.onlyByPerson !== true ? "mission" : "no",
          `policy:${mode}`,
        );

      try {
        const answered = await log.waitFor(
          missionId,
          "PermissionAnswered",
          (event) => event.data.permissionId === permissionId,
          signal,
        );
        return answered.data.answer !== "no";
      } catch (error) {
        // The question would stay on the human's screen with nobody left to act on the answer.
        if (signal.aborted) await answer(missionId, permissionId, "no", "hub");
        throw error;
      }
    },
  };
}

/** What the mission already knows of a request: its own unanswered question from before a crash, or a yes for the whole mission. */
function lookUp(
  events: readonly Recorded[],
  request: PermissionRequest,
): { readonly open: string | undefined; readonly forMission: boolean } {
  const same = new Set<string>();
  const open = new Set<string>();
  let forMission = false;
  for (const event of events) {
    if (event.type === "PermissionAsked") {
      const { permissionId, agentId, what, subject } = event.data;
      if (what !== request.what || subject !== request.subject) continue;
      same.add(permissionId);
      if (agentId === request.agentId) open.add(permissionId);
    } else if (event.type === "PermissionAnswered") {
      const { permissionId, answer } = event.data;
      open.delete(permissionId);
      if (answer === "mission" && same.has(permissionId)) forMission = true;
    }
  }
  return { open: [...open].at(-1), forMission };
}

/** A mission's first event says how it is approved; a conversation without one asks. */
function approvalMode(log: EventLog, missionId: string): ApprovalMode {
  const [first] = log.read({ missionId, limit: 1 });
  return first?.type === "MissionOpened" ? first.data.approve : "ask";
}
