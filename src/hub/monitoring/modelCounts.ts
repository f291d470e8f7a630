import type { EventLog } from "../../ports.ts";
import type { Metrics } from "../../ports/monitoring.ts";
import type { Recorded } from "../../protocol/event.ts";
import { boundedMap } from "./boundedMap.ts";

/** Calls, tools and missions that are remembered at once. */
const MAX_CALLS = 10_000;
const MAX_MISSIONS = 1000;

/** Counts what models and tools did and cost. */
export function countModels(
  log: EventLog,
  metrics: Metrics,
): (event: Recorded) => void {
  const calls = boundedMap<
    string,
    { readonly agent: string; readonly at: number }
  >(MAX_CALLS);
  const tools = boundedMap<string, string>(MAX_CALLS);
  const providers = boundedMap<string, string>(MAX_MISSIONS);

  /** The provider a mission was opened with: one look at its first event, then remembered. */
  function providerOf(missionId: string): string {
    const known = providers.get(missionId);
    if (known !== undefined) return known;
    const [first] = log.read({ missionId, limit: 1 });
    const provider =
      first?.type === "MissionOpened" ? first.data.model : "default";
    providers.set(missionId, provider);
    return provider;
  }

  function settled(event: Recorded & { readonly type: "CallSettled" }): void {
    const { callId, usage, microUsd, stopReason } = event.data;
    const provider = providerOf(event.missionId);
    const call = calls.get(callId);
    calls.delete(callId);
    const agent = call?.agent ?? event.by;
    metrics.count("roundtable_model_calls_total", {
      agent,
      provider,
      stop: stopReason,
    });
    metrics.count(
      "roundtable_model_cost_usd_total",
      { agent, provider },
      microUsd / 1_000_000,
    );
    for (const [direction, tokens] of [
      ["input", usage.inputTokens],
      ["output", usage.outputTokens],
      ["cache_read", usage.cacheReadTokens],
      ["cache_write", usage.cacheWriteTokens],
    ] as const)
      metrics.count(
        "roundtable_model_tokens_total",
        { agent, provider, direction },
        tokens,
      );
    if (call !== undefined)
      metrics.observe(
        "roundtable_model_call_duration_seconds",
        (event.at - call.at) / 1000,
        { provider },
      );
  }

  return (event) => {
    switch (event.type) {
      case "CallReserved":
        calls.set(event.data.callId, {
          agent: event.data.agentId,
          at: event.at,
        });
        break;
      case "CallSettled":
        settled(event);
        break;
      case "ToolCalled":
        if (event.data.ruling === "deny")
          metrics.count("roundtable_tool_denials_total");
        else tools.set(event.data.callId, event.data.tool);
        break;
      case "ToolReturned": {
        const { callId, ok, durationMs } = event.data;
        const tool = tools.get(callId) ?? "unknown";
        tools.delete(callId);
        metrics.count("roundtable_tool_calls_total", {
          tool,
          ok: ok ? "yes" : "no",
        });
        metrics.observe("roundtable_tool_duration_seconds", durationMs / 1000, {
          tool,
        });
        break;
      }
      default:
    }
  };
}
