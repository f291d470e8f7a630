import type Anthropic from "@anthropic-ai/sdk";
import { RoundtableError } from "../../core/errors.ts";

type ModelInfo = Anthropic.ModelInfo;

/** A model a tier stands for, and what of it matters for a request. */
export interface ChosenModel {
  readonly id: string;
  /** Whether it can be made to call a certain tool: models that always think cannot. */
  readonly takesForcedTool: boolean;
  /** Whether thinking has to be turned off for that. */
  readonly turnsThinkingOff: boolean;
}

/** Families of models; other names in the settings are ids. */
const FAMILY = /^[a-z]+$/;

/**
 * The model that `wanted` names: an id as it is, a family (`opus`) as its newest model that is not on its way out.
 * Throws `no-model` when the endpoint does not offer it. An empty list means the endpoint has none: then an id is taken at its word.
 */
export function chooseModel(
  models: readonly ModelInfo[],
  wanted: string,
): ChosenModel {
  const exact = models.find(({ id }) => id === wanted);
  if (exact !== undefined) return describe(exact);
  if (models.length === 0 && !FAMILY.test(wanted)) return plain(wanted);
  const family = models
    .filter((model) => familyOf(model) === wanted)
    .toSorted(
      (a, b) =>
        Number(a.lifecycle === "deprecated") -
          Number(b.lifecycle === "deprecated") ||
        Date.parse(b.created_at) - Date.parse(a.created_at),
    );
  const [newest] = family;
  if (newest !== undefined) return describe(newest);
  const offered = models.map(({ id }) => id).slice(0, 12);
  throw new RoundtableError(
    "no-model",
    `The endpoint offers no model called "${wanted}".`,
    offered.length === 0
      ? "Nothing was sent. The endpoint lists no models: name an exact model id in the setting roundtable.tiers."
      : `Nothing was sent. Choose another one in the setting roundtable.tiers; on offer: ${offered.join(", ")}.`,
  );
}

/** The line the API names; from the id only where an endpoint leaves the line out. */
function familyOf(model: ModelInfo): string | undefined {
  // Compatible endpoints leave out what they do not know, whatever the type says.
  const line = (model as { readonly line?: string | null }).line;
  return line ?? /^claude-([a-z]+)-/.exec(model.id)?.[1];
}

function describe(model: ModelInfo): ChosenModel {
  // Left out by compatible endpoints.
  const capabilities = (
    model as { readonly capabilities?: ModelInfo["capabilities"] }
  ).capabilities;
  const thinking = capabilities?.thinking;
  if (thinking === undefined || !thinking.supported) return plain(model.id);
  const canStop = thinking.types.disabled.supported;
  return { id: model.id, takesForcedTool: canStop, turnsThinkingOff: canStop };
}

function plain(id: string): ChosenModel {
  return { id, takesForcedTool: true, turnsThinkingOff: false };
}
