import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { isProblem } from "../../../src/core/errors.ts";
import type { PanelChange } from "./panelFile.ts";
import { projectOf, readPanelFile } from "./panelFile.ts";
import { learnFor, reportOf, scoresOf } from "./panelLearn.ts";
import { panelReplay, replay } from "./panelReplay.ts";
import { caseOf, panelsOf, seat } from "./panelSeats.ts";
import { ratesOf, strictly } from "./strictCount.ts";

const REVIEWERS = ["r-1", "r-2", "r-3", "r-4", "r-5", "r-6"];

const THINGS = [
  "cartTotal ignores the discount of the voucher",
  "sessionToken is written into the access log",
  "retryLoop never stops when the queue is empty",
  "parseDate reads the month as the day",
  "cacheKey leaves the tenant out so customers share entries",
  "closeFile is skipped when the upload throws",
];
const NOISE = [
  "rename this variable",
  "add a comment here",
  "extract a helper",
];

/** Six changes of three projects. Everybody finds the second issue, two of six the first; who is odd adds noise about something of their own. */
function made(): PanelChange[] {
  return Array.from({ length: 6 }, (_, at) => {
    const thing = THINGS[at] ?? "";
    const other = THINGS[(at + 3) % 6] ?? "";
    return {
      change: `owner/project${String(at % 3)}/pull/${String(at)}`,
      issues: [{ id: "g1" }, { id: "g2" }],
      findings: Object.fromEntries(
        REVIEWERS.map((reviewer, index) => [
          reviewer,
          [
            { text: `${other} (${reviewer})`, matches: "g2" },
            ...(index < 2
              ? [{ text: `${thing}, says ${reviewer}`, matches: "g1" }]
              : []),
            ...(index % 2 === 1
              ? [
                  {
                    text: `${NOISE[index >> 1] ?? ""} in part${String(at * 10 + index)}`,
                    matches: null,
                  },
                ]
              : []),
          ],
        ]),
      ),
    };
  });
}

describe("strict counting", () => {
  it("counts a repeat as a false alarm, and so any report that matches nothing", () => {
    assert.deepEqual(strictly(["g1", "g1", null, "g2"]), {
      reported: 4,
      found: 2,
    });
    assert.deepEqual(ratesOf([{ reported: 4, found: 2 }], 3), {
      p: 0.5,
      r: 2 / 3,
      f1: 4 / 7,
    });
    assert.deepEqual(ratesOf([], 0), { p: 0, r: 0, f1: 0 });
  });
});

describe("a replay of panels", () => {
  it("is the same every time, seats every panel of five, and a majority of heads finds less than posteriors do", () => {
    assert.equal(panelsOf(REVIEWERS).length, 6);
    const figures = replay(made());
    assert.deepEqual(replay(made()), figures);
    const heads = replay(made(), "majority");
    assert.deepEqual(heads.ours, figures.majority);
    assert.ok(heads.ours.f1 < figures.ours.f1);
    assert.ok(heads.ours.f1 < figures.best_single.f1 + 0.04);
    for (const { p, r, f1 } of [figures.ours, figures.ours_verified])
      for (const rate of [p, r, f1]) assert.ok(rate >= 0 && rate <= 1);
  });

  it("decides a change as before when all that is known of its project becomes something else", () => {
    const reports = (changes: readonly PanelChange[]): unknown => {
      const cases = changes.map(caseOf);
      const panels = panelsOf(REVIEWERS).map((five) => seat(five, cases, 1));
      const learned = learnFor("project0", seat(REVIEWERS, cases, 1), panels);
      return panels.map(({ sittings }) =>
        sittings
          .filter(({ at }) => at.project === "project0")
          .map((sitting) => {
            const scores = scoresOf(
              sitting,
              learned.trust,
              learned.calibration,
            );
            return [
              learned.least,
              scores,
              reportOf(sitting, scores, learned.least).reported,
            ];
          }),
      );
    };
    const changes = made();
    const turned = changes.map((change) =>
      projectOf(change) === "project0"
        ? {
            ...change,
            findings: Object.fromEntries(
              Object.entries(change.findings).map(([reviewer, said]) => [
                reviewer,
                said.map(({ text, matches }) => ({
                  text,
                  matches: matches === null ? "g1" : null,
                })),
              ]),
            ),
          }
        : change,
    );
    assert.deepEqual(reports(turned), reports(changes));
  });

  it("takes a fork for the project it was forked from", () => {
    assert.equal(projectOf({ change: "getsentry/sentry/pull/1" }), "sentry");
    assert.equal(projectOf({ change: "x/sentry-greptile/pull/2" }), "sentry");
    assert.equal(projectOf({ change: "calcom/cal.com/pull/3" }), "cal");
  });
});

describe("a file of reviews", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "panel-"));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  const refusal = async (text: string | undefined): Promise<string> => {
    const file = path.join(folder, "panel.json");
    await rm(file, { force: true });
    if (text !== undefined) await writeFile(file, text);
    try {
      await readPanelFile(file);
    } catch (error) {
      assert.ok(isProblem(error, "bad-intent"));
      return error.message;
    }
    return "accepted";
  };

  it("is refused with a reason when it is missing, no JSON, of another shape, or too small to learn from", async () => {
    assert.match(await refusal(undefined), /could not be read/u);
    assert.match(await refusal("{"), /is not JSON/u);
    assert.match(await refusal('{"changes":[{"change":"a/b/1"}]}'), /shape/u);
    const [first, ...rest] = made();
    assert.ok(first);
    const said = { "r-1": [{ text: "x", matches: "g9" }] };
    assert.match(
      await refusal(
        JSON.stringify({ changes: [{ ...first, findings: said }] }),
      ),
      /"g9" is no issue of this change/u,
    );
    assert.match(
      await refusal(JSON.stringify({ changes: [first] })),
      /fewer than three projects/u,
    );
    const few = [first, ...rest].map((change) => ({ ...change, findings: {} }));
    assert.match(
      await refusal(JSON.stringify({ changes: few })),
      /fewer than 5/u,
    );
  });

  it("is replayed from its path", async () => {
    const file = path.join(folder, "good.json");
    await writeFile(file, JSON.stringify({ changes: made() }));
    assert.deepEqual(await panelReplay(file), replay(made()));
  });
});
