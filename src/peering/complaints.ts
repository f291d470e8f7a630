import type { Clock, TextLog } from "../ports.ts";
import { cleaned } from "./talk/cleaned.ts";

/** Least time between two lines of the text log about one hub, ms. */
const BETWEEN_LINES_MS = 60_000;
/** How long a complaint is shown, ms. */
const SHOWN_MS = 600_000;
/** Hubs that are complained about at once. */
const MAX_HUBS = 256;

/** What is wrong with what hubs send: counted, shown for ten minutes, and in the text log at most once a minute for each hub. */
export interface Complaints {
  note(hubId: string, why: string): void;
  /** The last one that is still shown. */
  of(hubId: string): string | undefined;
  readonly count: number;
}

/** None yet. */
export function createComplaints(clock: Clock, textLog: TextLog): Complaints {
  const last = new Map<
    string,
    { readonly why: string; readonly at: number; readonly lineAt: number }
  >();
  let count = 0;
  return {
    note(hubId, what) {
      count += 1;
      const now = clock.now();
      const why = cleaned(what, 300);
      const lineAt = last.get(hubId)?.lineAt ?? -Infinity;
      const isTold = now - lineAt >= BETWEEN_LINES_MS;
      if (isTold) textLog.warn("What a hub sent was refused.", { hubId, why });
      last.delete(hubId);
      last.set(hubId, { why, at: now, lineAt: isTold ? now : lineAt });
      const [oldest] = last.keys();
      if (last.size > MAX_HUBS && oldest !== undefined) last.delete(oldest);
    },
    of(hubId) {
      const known = last.get(hubId);
      return known !== undefined && clock.now() - known.at < SHOWN_MS
        ? `Something it sent was refused: ${known.why}.`
        : undefined;
    },
    get count() {
      return count;
    },
  };
}
