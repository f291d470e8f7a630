import type { CSSResult } from "lit";
import { base } from "./base.ts";
import { cards } from "./cards.ts";
import { controls } from "./controls.ts";
import { grounds } from "./grounds.ts";
import { header } from "./header.ts";
import { mission } from "./mission.ts";
import { parts } from "./parts.ts";
import { replay } from "./replay.ts";
import { path } from "./path.ts";
import { start } from "./start.ts";
import { talk } from "./talk.ts";

/** The page's style sheets, made by script and not by markup: the page's content policy allows no inline style. */
export const styles: readonly CSSStyleSheet[] = [
  base,
  controls,
  header,
  start,
  mission,
  cards,
  grounds,
  parts,
  path,
  talk,
  replay,
].map(sheet);

function sheet(result: CSSResult): CSSStyleSheet {
  if (result.styleSheet === undefined)
    throw new Error("This browser cannot make style sheets from a script.");
  return result.styleSheet;
}
