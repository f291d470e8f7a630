import { RoundtableError } from "../core/errors.ts";
import { canonicalJson } from "../core/json.ts";

/** Calls in a row that mean an agent goes in circles. */
const SAME_IN_A_ROW = 3;
const FAILING_IN_A_ROW = 5;

/** Notices when an agent goes in circles; both methods throw `stuck`. */
export interface CircleGuard {
  /** Called before each tool call. */
  before(name: string, input: unknown): void;
  /** Called after each tool call. */
  after(ok: boolean): void;
}

/** A guard for one task. */
export function createCircleGuard(): CircleGuard {
  let last = "";
  let same = 0;
  let failing = 0;
  return {
    before(name, input) {
      const call = canonicalJson({ name, input: input ?? null });
      same = call === last ? same + 1 : 1;
      last = call;
      if (same >= SAME_IN_A_ROW)
        throw stuck(
          `made the same call of ${name} ${String(same)} times in a row`,
        );
    },
    after(ok) {
      failing = ok ? 0 : failing + 1;
      if (failing >= FAILING_IN_A_ROW)
        throw stuck(`had ${String(failing)} failing calls in a row`);
    },
  };
}

function stuck(what: string): RoundtableError {
  return new RoundtableError(
    "stuck",
    `The agent goes in circles: it ${what}.`,
    "What it did is in the log; look there for what it missed, and put it into the goal or a remark.",
  );
}
