import type { Reply } from "../ports.ts";
import type { Work } from "../protocol/work.ts";

/** What an agent can do without a model: be present and let the evidence speak. */
export function withoutModel(work: Work): Reply {
  if (work.kind === "ballot")
    return {
      ok: true,
      lineage: "none",
      answer: {
        kind: "ballot",
        paper: {
          verdict: "abstain",
          confidence: 0,
          reason: "no model is configured; evidence only",
          findings: [],
        },
      },
    };
  return {
    ok: false,
    code: "no-model",
    message:
      "No model is configured, so nobody can do this. Set an API key or choose another model, then resume the mission; reviews work without one, on evidence only.",
  };
}
