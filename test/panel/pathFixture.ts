import type {
  PathPart,
  PathRow,
  PathShown,
} from "../../src/protocol/panelPath.ts";

const START = Date.UTC(2026, 10, 20, 9, 12);

function part(
  kind: PathPart["kind"],
  name: string,
  from: number,
  to: number | null,
  ok: boolean | null = true,
): PathPart {
  return {
    kind,
    name,
    startMs: START + from,
    endMs: to === null ? null : START + to,
    ok,
  };
}

let rows = 0;

function row(
  kind: PathRow["kind"],
  name: string,
  way: readonly [from: string, to: string],
  time: readonly [from: number, to: number | null],
  more: Partial<PathRow> = {},
): PathRow {
  rows += 1;
  const [startMs, endMs] = time;
  return {
    id: `row${String(rows)}`,
    kind,
    name,
    from: way[0],
    to: way[1],
    startMs: START + startMs,
    endMs: endMs === null ? null : START + endMs,
    ok: endMs === null ? null : true,
    outcome: "",
    microUsd: 0,
    parts: [],
    hiddenParts: 0,
    ...more,
  };
}

const ballot = (
  to: string,
  from: number,
  until: number,
  cost: number,
): PathRow =>
  row("task", "ballot", ["hub", to], [from, until], {
    microUsd: cost,
    parts: [part("model", "claude-sonnet-4-5", from + 300, until - 200)],
  });

/** A mission that still goes on: planned, voted on, ruled by the human, being built, one task failed. */
export const path: PathShown = {
  startMs: START,
  endMs: START + 182_000,
  lanes: [
    "hub",
    "planner",
    "architect",
    "security",
    "developer",
    "qa",
    "human",
  ],
  rows: [
    row("task", "plan", ["hub", "planner"], [0, 31_000], {
      microUsd: 41_000,
      parts: [
        part("model", "claude-opus-4-5", 300, 12_000),
        part("tool", "read_file", 12_100, 12_180),
        part("tool", "search", 12_200, 13_900),
        part("model", "claude-opus-4-5", 14_000, 30_800),
      ],
    }),
    row("vote", "vote plan", ["hub", "hub"], [31_500, 52_000], {
      outcome: "approved",
    }),
    ballot("architect", 32_000, 44_000, 9_000),
    ballot("security", 32_100, 51_000, 12_000),
    ballot("developer", 32_200, 41_000, 7_500),
    ballot("qa", 32_300, 48_000, 8_100),
    row("ruling", "ruling plan", ["hub", "human"], [52_300, 96_000], {
      outcome: "approve",
    }),
    row("task", "implement", ["hub", "developer"], [96_500, 128_000], {
      ok: false,
      microUsd: 102_000,
      parts: [
        part("model", "claude-sonnet-4-5", 97_000, 109_000),
        part("tool", "edit_file", 109_100, 109_400),
        part("tool", "run_check", 109_500, 127_500, false),
      ],
    }),
    row("task", "implement", ["hub", "developer"], [128_500, 166_000], {
      microUsd: 131_000,
      parts: [
        part("model", "claude-sonnet-4-5", 129_000, 147_000),
        part("tool", "edit_file", 147_200, 147_900),
        part("tool", "run_check", 148_000, 165_000),
      ],
    }),
    row("build", "step built", ["developer", "developer"], [166_100, 166_100], {
      ok: null,
    }),
    row("message", "message", ["qa", "developer"], [167_000, 167_000], {
      ok: null,
    }),
    row("task", "ballot", ["hub", "qa"], [168_000, null], {
      parts: [part("model", "claude-sonnet-4-5", 168_400, null, null)],
    }),
  ],
  hidden: 0,
};
