import { openClaude } from "../../../src/adapters/claude/openClaude.ts";
import type { ClaudeOptions } from "../../../src/adapters/claude/openClaude.ts";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { startRehearsal } from "../../../src/adapters/rehearsal/startRehearsal.ts";
import type {
  ScriptRequest,
  ScriptedTurn,
} from "../../../src/adapters/rehearsal/turn.ts";
import type { ModelRequest, Models } from "../../../src/ports.ts";

interface Ending {
  after: (end: () => Promise<void>) => void;
}

/** The real SDK on a scripted server; `asked` are the requests that came in. */
export interface Talk {
  readonly models: Models;
  readonly asked: readonly ScriptRequest[];
  readonly apiKey: string;
}

/** Starts a server that gives these turns in order, the last one again and again. */
export async function talk(
  t: Ending,
  turns: ScriptedTurn | readonly ScriptedTurn[],
  options: Partial<ClaudeOptions> = {},
  onAsked: () => void = () => undefined,
): Promise<Talk> {
  const list = Array.isArray(turns)
    ? (turns as ScriptedTurn[])
    : [turns as ScriptedTurn];
  const asked: ScriptRequest[] = [];
  const rehearsal = await startRehearsal({
    script: (request) => {
      asked.push(request);
      onAsked();
      const turn = list[Math.min(asked.length, list.length) - 1];
      if (turn === undefined) throw new Error("a talk needs a turn");
      return turn;
    },
  });
  t.after(() => rehearsal.dispose());
  const models = openClaude({ ...rehearsal, clock: systemClock, ...options });
  return { models, asked, apiKey: rehearsal.apiKey };
}

/** A request with one user message. */
export function request(more: Partial<ModelRequest> = {}): ModelRequest {
  return {
    shared: "You sit at a table.",
    tier: "middle",
    tools: [
      {
        name: "read_file",
        description: "reads",
        inputSchema: { type: "object" },
      },
      {
        name: "submit",
        description: "hands in",
        inputSchema: { type: "object" },
      },
    ],
    messages: [{ role: "user", content: [{ type: "text", text: "Go." }] }],
    maxTokens: 1000,
    ...more,
  };
}

/** A signal nobody aborts. */
export const never: AbortSignal = new AbortController().signal;
