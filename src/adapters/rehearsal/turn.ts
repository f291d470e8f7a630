/** Who is asked for what: the block "## Your part" that ends an agent's first message. */
export interface Part {
  readonly role: string;
  readonly work: string;
  readonly attempt: number;
  /** Round of ballots, from 1; 0 where there is none. */
  readonly round: number;
  /** `plan`, `change`, `question`, or `-`. */
  readonly subject: string;
  /** Id of the plan step, or `-`. */
  readonly step: string;
}

/** What a tool gave back, with the name of the tool that was called. */
export interface ScriptResult {
  readonly tool: string;
  readonly text: string;
  readonly isError: boolean;
}

/** A request to the Messages API as a script sees it. */
export interface ScriptRequest {
  readonly model: string;
  /** System prompt and first user message, all a reader was shown. */
  readonly brief: string;
  /** Undefined when the first message has no such block. */
  readonly part: Part | undefined;
  /** Answers the model has given in this conversation so far. */
  readonly turn: number;
  /** Every tool result of the conversation, oldest first. */
  readonly results: readonly ScriptResult[];
  /** Names of the tools on offer, in order. */
  readonly tools: readonly string[];
  /** The tool the model has to call, if any. */
  readonly mustCall: string | undefined;
  /** The parsed body, for scripts that look closer. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A tool call; `rawInput` is sent as it is instead of `input`, for JSON that breaks off. */
export interface ScriptedCall {
  readonly name: string;
  readonly input?: unknown;
  readonly rawInput?: string;
}

/** Token counts that replace those the server makes up. */
export interface ScriptedUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** What the model says. `stop` defaults to `tool_use` with calls, else `end_turn`. */
export interface Speech {
  readonly kind: "speech";
  readonly thinking?: string;
  readonly text?: string;
  readonly calls?: readonly ScriptedCall[];
  readonly stop?: string;
  readonly usage?: ScriptedUsage;
}

/** What the server does with one request. */
export type ScriptedTurn =
  | Speech
  /** Answers with an HTTP status and an error body. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly type: string;
      readonly message: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Says `text` and then nothing more, keeping the connection open; without `text` not even headers. */
  | { readonly kind: "hang"; readonly text?: string }
  /** Says `text`, then drops the connection. */
  | { readonly kind: "cut"; readonly text: string }
  /** Says `text`, then reports an error inside the stream. */
  | {
      readonly kind: "broken";
      readonly text: string;
      readonly type: string;
      readonly message: string;
    };

/** Decides what happens to a request from that request alone, so that the same request always gets the same answer. */
export type Script = (request: ScriptRequest) => ScriptedTurn;

/** A turn of a conversation: fixed, or made from what the tools gave back. */
export type Scene = readonly (
  ScriptedTurn | ((request: ScriptRequest) => ScriptedTurn)
)[];

/** The turn of the scene the conversation has reached. The last one is repeated; it is also given at once when the tool it calls is demanded. */
export function play(scene: Scene, request: ScriptRequest): ScriptedTurn {
  const last = scene.length - 1;
  const turn =
    request.mustCall === undefined ? Math.min(request.turn, last) : last;
  const entry = scene[turn];
  if (entry === undefined) return refusal("The script has no words for this.");
  return typeof entry === "function" ? entry(request) : entry;
}

/** Says something and calls tools. */
export function say(
  text: string,
  ...calls: readonly ScriptedCall[]
): ScriptedTurn {
  return { kind: "speech", text, calls };
}

/** Says why not, with the stop reason of a model that declines. */
export function refusal(text: string): ScriptedTurn {
  return { kind: "speech", text, stop: "refusal" };
}

/** A call of `submit` with the finished form. */
export function submit(form: unknown): ScriptedCall {
  return { name: "submit", input: form };
}

/** A call of `read_file`. */
export function read(path: string): ScriptedCall {
  return { name: "read_file", input: { path } };
}
