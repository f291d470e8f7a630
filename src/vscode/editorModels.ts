import * as vscode from "vscode";
import { RoundtableError } from "../core/errors.ts";
import type {
  Block,
  ModelMessage,
  ModelRequest,
  ModelTurn,
  Models,
  Tier,
} from "../ports.ts";

/** VS Code's own language models; undefined when no provider is installed. They tell neither usage nor price, so a turn counts as free and the turn and time limits hold the budget. */
export async function editorModels(): Promise<Models | undefined> {
  if ((await vscode.lm.selectChatModels()).length === 0) return undefined;
  return {
    provider: "vscode",
    lineage: async (tier) => {
      const model = await modelFor(tier);
      return `${model.vendor}/${model.family}/${model.version}`;
    },
    worstCase: () => Promise.resolve(0),
    turn: (request, signal, onText) => turn(request, signal, onText),
  };
}

const WANTED: Readonly<Record<Tier, readonly RegExp[]>> = {
  strong: [/opus/i, /gpt-5/i, /pro/i],
  middle: [/sonnet/i, /gpt/i],
  cheap: [/haiku/i, /mini|flash/i],
};

async function modelFor(tier: Tier): Promise<vscode.LanguageModelChat> {
  const models = await vscode.lm.selectChatModels();
  const [first] = models;
  if (first === undefined)
    throw new RoundtableError(
      "no-model",
      "VS Code has no language model any more.",
      "Nothing is lost. Install or sign in to a model provider, or set an Anthropic key, then resume.",
    );
  for (const wanted of WANTED[tier]) {
    const found = models.find(({ family }) => wanted.test(family));
    if (found !== undefined) return found;
  }
  return first;
}

async function turn(
  request: ModelRequest,
  signal: AbortSignal,
  onText: (delta: string) => void,
): Promise<ModelTurn> {
  const model = await modelFor(request.tier);
  const source = new vscode.CancellationTokenSource();
  const cancel = (): void => {
    source.cancel();
  };
  signal.addEventListener("abort", cancel, { once: true });
  try {
    const response = await model.sendRequest(
      [
        vscode.LanguageModelChatMessage.User(request.shared),
        ...request.messages.map(toEditor),
      ],
      {
        justification: "Agents at the Roundtable work on your task.",
        tools: request.tools.map(({ name, description, inputSchema }) => ({
          name,
          description,
          inputSchema,
        })),
      },
      source.token,
    );
    const content: Block[] = [];
    for await (const part of response.stream) {
      if (part instanceof vscode.LanguageModelTextPart) {
        onText(part.value);
        content.push({ type: "text", text: part.value });
      } else if (part instanceof vscode.LanguageModelToolCallPart)
        content.push({
          type: "toolUse",
          id: part.callId,
          name: part.name,
          input: part.input,
        });
    }
    return {
      message: { role: "assistant", content },
      stop: content.some(({ type }) => type === "toolUse") ? "toolUse" : "end",
      model: `${model.vendor}/${model.family}/${model.version}`,
      usage: {
        inputTokens: 0,
        outputTokens: 0,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
      },
      microUsd: 0,
    };
  } catch (error) {
    signal.throwIfAborted();
    throw translated(error);
  } finally {
    signal.removeEventListener("abort", cancel);
    source.dispose();
  }
}

function toEditor(message: ModelMessage): vscode.LanguageModelChatMessage {
  const parts = message.content.map((block) => {
    switch (block.type) {
      case "text":
        return new vscode.LanguageModelTextPart(block.text);
      case "toolUse":
        return new vscode.LanguageModelToolCallPart(
          block.id,
          block.name,
          block.input as object,
        );
      case "toolResult":
        return new vscode.LanguageModelToolResultPart(block.toolUseId, [
          new vscode.LanguageModelTextPart(block.text),
        ]);
    }
  });
  return message.role === "user"
    ? vscode.LanguageModelChatMessage.User(
        parts as (
          vscode.LanguageModelTextPart | vscode.LanguageModelToolResultPart
        )[],
      )
    : vscode.LanguageModelChatMessage.Assistant(
        parts as (
          vscode.LanguageModelTextPart | vscode.LanguageModelToolCallPart
        )[],
      );
}

function translated(error: unknown): RoundtableError {
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof vscode.LanguageModelError) {
    if (error.code === vscode.LanguageModelError.NoPermissions.name)
      return new RoundtableError(
        "bad-key",
        `VS Code did not allow the use of its models: ${text}`,
        "Nothing is lost. Allow it when asked, then resume the mission.",
        { cause: error },
      );
    if (error.code === vscode.LanguageModelError.Blocked.name)
      return new RoundtableError(
        "model-overloaded",
        `The model provider blocks requests now: ${text}`,
        "Nothing is lost. Resume the mission later.",
        { cause: error },
      );
  }
  return new RoundtableError(
    "model-failed",
    `The model failed: ${text}`,
    "Nothing is lost. Resume the mission, or choose another model.",
    { cause: error },
  );
}
