import { toProblem } from "../../core/errors.ts";
import type { Crew } from "../../core/peering/jobNext.ts";
import type { Sealed } from "../../core/peering/room.ts";
import type { TextLog } from "../../ports.ts";
import type { Message, Task } from "../../protocol/a2a.ts";
import type { PeerBodyOf } from "../../protocol/peer.ts";
import type { Room } from "../rooms.ts";

/** Longest text handed in, characters. */
const MAX_TEXT = 20_000;

/** What doing parts needs. */
export interface WorkerPorts {
  readonly self: string;
  readonly textLog: TextLog;
  /** Agents here that take work. */
  readonly agents: () => Crew["agents"];
  /** Gives a message to an agent here as a task without any tool, and waits for its end. The same `messageId` is the same task. */
  readonly ask: (
    agentId: string,
    message: Message,
    signal: AbortSignal,
  ) => Promise<Task>;
}

/** Does the parts of jobs that this hub is given. */
export interface Worker {
  /** Begins what is to be done in a room and is not under way. `said` is what counts in it. */
  look(room: Room, said: readonly Sealed[]): void;
  /** Lets go of everything under way; it is taken up again after a restart. */
  dispose(): Promise<void>;
}

/**
 * Makes the worker. A part is done once here, whoever gives it how often: its task is named after room and part, and what was handed in is in
 * the room. It counts as given only by who coordinates the room, in its present term. When a later term gives a part to another hub as well,
 * both may do it; the first success in the order of the room counts.
 */
export function createWorker(ports: WorkerPorts): Worker {
  const { self, textLog } = ports;
  const running = new Map<string, Promise<void>>();
  const refused = new Set<string>();
  const gone = new AbortController();

  function isCurrent(room: Room, { envelope }: Sealed, term: number): boolean {
    const office = room.coordinator();
    if (office?.hubId === envelope.origin && office.term === term) return true;
    const place = `${room.id} ${envelope.origin} ${String(envelope.seq)}`;
    // A term that is not known here yet is looked at again when it is.
    if (office !== undefined && term < office.term && !refused.has(place)) {
      refused.add(place);
      textLog.info("a part of an older term was refused", {
        room: room.id,
        term,
        now: office.term,
      });
    }
    return false;
  }

  async function perform(
    room: Room,
    { part }: PeerBodyOf<"partGiven">,
  ): Promise<void> {
    const agentId = agentFor(part.agent, ports.agents());
    const done = await outcome(room, part, agentId);
    if (gone.signal.aborted) return;
    const { ok, text } = done;
    await room.say({
      kind: "partDone",
      partId: part.partId,
      ok,
      agentId: agentId ?? part.agent,
      text: text.slice(0, MAX_TEXT),
    });
  }

  async function outcome(
    room: Room,
    { partId, goal }: PeerBodyOf<"partGiven">["part"],
    agentId: string | undefined,
  ): Promise<{ readonly ok: boolean; readonly text: string }> {
    if (agentId === undefined)
      return { ok: false, text: "No agent here takes work of peers." };
    const message: Message = {
      messageId: `${room.id}-${partId}`,
      role: "ROLE_USER",
      parts: [{ text: goal }],
    };
    try {
      const task = await ports.ask(agentId, message, gone.signal);
      const ok = task.status.state === "TASK_STATE_COMPLETED";
      return { ok, text: textOf(task) };
    } catch (error) {
      return { ok: false, text: toProblem(error).message };
    }
  }

  function begin(room: Room, body: PeerBodyOf<"partGiven">): void {
    const key = `${room.id} ${body.part.partId}`;
    if (running.has(key) || gone.signal.aborted) return;
    const under = perform(room, body)
      .catch((error: unknown) => {
        textLog.warn("what came of a part could not be said", {
          room: room.id,
          part: body.part.partId,
          why: toProblem(error).message,
        });
      })
      .finally(() => running.delete(key));
    running.set(key, under);
  }

  return {
    look(room, said) {
      const bodies = said.map(({ envelope }) => envelope.body);
      if (bodies.some(({ kind }) => kind === "jobDone")) return;
      const handedIn = new Set(
        said.flatMap(({ envelope: { origin, body } }) =>
          origin === self && body.kind === "partDone" ? [body.partId] : [],
        ),
      );
      /** The agent of the earliest term keeps a part: another would do it once more. */
      const agents = new Map<string, string>();
      const given = said
        .flatMap((sealed) => {
          const { body } = sealed.envelope;
          const isOurs = body.kind === "partGiven" && body.part.hub === self;
          return isOurs ? [{ sealed, body }] : [];
        })
        .toSorted((a, b) => a.body.term - b.body.term);
      for (const { sealed, body } of given) {
        const { partId } = body.part;
        const agent = agents.get(partId) ?? body.part.agent;
        agents.set(partId, agent);
        if (!handedIn.has(partId) && isCurrent(room, sealed, body.term))
          begin(room, { ...body, part: { ...body.part, agent } });
      }
    },
    async dispose() {
      gone.abort(new Error("the hub ends"));
      await Promise.allSettled(running.values());
    },
  };
}

/** The one that is named, else the least loaded. */
function agentFor(named: string, agents: Crew["agents"]): string | undefined {
  const found = agents.find(({ agentId }) => agentId === named);
  return (found ?? agents.toSorted((a, b) => a.load - b.load)[0])?.agentId;
}

/** The words of a task: what it made, else what it said last. */
function textOf({ artifacts = [], status }: Task): string {
  const parts =
    artifacts.length > 0
      ? artifacts.flatMap((artifact) => artifact.parts)
      : (status.message?.parts ?? []);
  const text = parts
    .flatMap((part) => (part.text === undefined ? [] : [part.text]))
    .join("\n")
    .trim();
  return text === "" ? "Nothing was said." : text;
}
