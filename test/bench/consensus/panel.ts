/**
 * Reviews of a file, decided again by every panel of five: `npm run bench:panel -- FILE [--rule posterior|majority]`. One JSON line on standard
 * output, everything else on standard error. Ends with 1 when a bar is missed, with 2 when nothing could be measured.
 */
import { parseArgs } from "node:util";
import { isProblem } from "../../../src/core/errors.ts";
import { panelReplay } from "./panelReplay.ts";
import type { PanelFigures } from "./panelReplay.ts";
import type { Rates } from "./strictCount.ts";

/** How much better than the best of the five, chosen in hindsight. */
const LIFT = 0.04;
/** The least with a verifier. */
const VERIFIED = 0.6;

const usage = "Usage: npm run bench:panel -- FILE [--rule posterior|majority]";

function missed({
  best_single,
  ours,
  ours_verified,
  lift_ci,
}: PanelFigures): readonly string[] {
  const bars: readonly (readonly [boolean, string])[] = [
    [
      ours.f1 >= best_single.f1 + LIFT,
      `ours is ${ours.f1.toFixed(3)}, should be at least ${(best_single.f1 + LIFT).toFixed(3)}`,
    ],
    [
      lift_ci[0] > 0,
      `the lift may be as low as ${lift_ci[0].toFixed(3)}, should be above 0`,
    ],
    [
      ours_verified.f1 >= VERIFIED,
      `ours_verified is ${ours_verified.f1.toFixed(3)}, should be at least ${String(VERIFIED)}`,
    ],
  ];
  return bars.filter(([met]) => !met).map(([, sentence]) => sentence);
}

function rounded(figures: PanelFigures): unknown {
  const short = (value: number): number => Number(value.toFixed(4));
  return JSON.parse(
    JSON.stringify(figures, (_, value: Rates | number) =>
      typeof value === "number" ? short(value) : value,
    ),
  );
}

try {
  const { values, positionals } = parseArgs({
    options: { rule: { type: "string", default: "posterior" } },
    allowPositionals: true,
  });
  const [file] = positionals;
  const { rule } = values;
  if (
    file === undefined ||
    positionals.length > 1 ||
    (rule !== "posterior" && rule !== "majority")
  ) {
    console.error(usage);
    process.exitCode = 2;
  } else {
    const figures = await panelReplay(file, rule);
    process.stdout.write(`${JSON.stringify(rounded(figures))}\n`);
    for (const sentence of missed(figures)) {
      console.error(`MISSED: ${sentence}.`);
      process.exitCode = 1;
    }
  }
} catch (error) {
  console.error(isProblem(error) ? `${error.message} ${error.next}` : error);
  process.exitCode = 2;
}
