import { parseArgs } from "node:util";
import { simulate } from "./simulate.ts";
import type { Report } from "./seeds.ts";

// Runs every `stride`-th seed from `first` on, `count` of them, and prints a line of JSON for all of them together, or for the first that
// fails. Every fiftieth seed is run twice, and must leave the same trace. `--tell` prints everything that happens in the first seed instead.
const { values } = parseArgs({
  options: {
    first: { type: "string", default: "1" },
    stride: { type: "string", default: "1" },
    count: { type: "string", default: "1" },
    steps: { type: "string", default: "5000" },
    tell: { type: "boolean", default: false },
  },
});
const first = Number(values.first);
const stride = Number(values.stride);
const count = Number(values.count);
const steps = Number(values.steps);

if (values.tell) {
  const { problems, trace, figures } = simulate(first, {
    steps,
    say: console.log,
  });
  console.log(trace, figures, problems);
  process.exit(problems.length === 0 ? 0 : 1);
}

const AGAIN = 50;
const report: Report = {
  seeds: 0,
  twice: 0,
  failed: [],
  totals: {},
  longestMs: 0,
  cpuMs: 0,
};
for (let n = 0; n < count && report.failed.length === 0; n += 1) {
  const seed = first + n * stride;
  const { problems, trace, figures } = simulate(seed, { steps });
  report.seeds += 1;
  for (const [name, figure] of Object.entries(figures) as [string, number][])
    report.totals[name] = (report.totals[name] ?? 0) + figure;
  report.longestMs = Math.max(report.longestMs, figures.settledMs);
  const all = [...problems];
  if (n % AGAIN === 0) {
    report.twice += 1;
    if (simulate(seed, { steps }).trace !== trace)
      all.push("the same seed left another trace");
  }
  if (all.length > 0) report.failed.push({ seed, problems: all });
}
const { user, system } = process.cpuUsage();
report.cpuMs = Math.round((user + system) / 1000);
process.stdout.write(`${JSON.stringify(report)}\n`);
