import type { CSSResult } from "lit";
import { base } from "./base.ts";
import { cards } from "./cards.ts";
import { frame } from "./frame.ts";
import { talk } from "./talk.ts";

/** The page's style sheets, made by script and not by markup: the page's content policy allows no inline style. */
export const styles: readonly CSSStyleSheet[] = [base, frame, cards, talk].map(
  sheet,
);

function sheet(result: CSSResult): CSSStyleSheet {
  if (result.styleSheet === undefined)
    throw new Error("This browser cannot make style sheets from a script.");
  return result.styleSheet;
}
