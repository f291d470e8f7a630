/** Bytes of what is shipped against their budgets, one JSON line each. */
import { readFile, stat } from "node:fs/promises";

import { packageExtension, vsixBudget } from "../rig/package.ts";
import { inRoot } from "../rig/project.ts";
import { compare } from "./report.ts";

interface Size {
  readonly what: string;
  readonly bytes: number;
  readonly budget: number;
}

const vsix = await packageExtension();
const sizes = [
  ...(JSON.parse(
    await readFile(inRoot("out", "sizes.json"), "utf8"),
  ) as readonly Size[]),
  { what: "the .vsix", bytes: (await stat(vsix)).size, budget: vsixBudget },
];
for (const { what, bytes, budget } of sizes)
  compare({
    bench: `size of ${what}`,
    ours: bytes,
    theirs: budget,
    unit: "bytes",
    atMost: 1,
  });
