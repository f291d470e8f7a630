import { ANALYSES } from "./analyses.ts";
import { analysisTool } from "./analysisTool.ts";
import { checks } from "./checks.ts";
import { churn } from "./churn.ts";
import { conflictMarkers } from "./conflictMarkers.ts";
import { dangerousCalls } from "./dangerousCalls.ts";
import { dependencies } from "./dependencies.ts";
import { eslint } from "./eslint.ts";
import { hiddenCharacters } from "./hiddenCharacters.ts";
import { missingTests } from "./missingTests.ts";
import { secrets } from "./secrets.ts";
import { size } from "./size.ts";
import type { EvidenceTool } from "./tool.ts";
import { types } from "./types.ts";

/** Processes of analyses at once: they share the machine with an editor and with the project's checks. */
const AT_ONCE = 2;

/** Every tool; `advisories` is the file of known vulnerabilities, which need not be there. They come in the order their evidence is listed; those that run commands in the order they run. */
export function tools(advisories: string): readonly EvidenceTool[] {
  const inTurn = lanes(AT_ONCE);
  return [
    types,
    eslint,
    dependencies(advisories),
    checks,
    secrets,
    conflictMarkers,
    hiddenCharacters,
    dangerousCalls,
    ...ANALYSES.map((analysis) => analysisTool(analysis, inTurn)),
    missingTests,
    size,
    churn,
  ];
}

/** Runs work in the order it comes, no more than `count` at once. */
function lanes(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = count;
  return async (work) => {
    if (free > 0) free -= 1;
    else
      await new Promise<void>((begin) => {
        waiting.push(begin);
      });
    try {
      return await work();
    } finally {
      const begin = waiting.shift();
      if (begin === undefined) free += 1;
      else begin();
    }
  };
}
