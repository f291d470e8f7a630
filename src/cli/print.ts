import { styleText } from "node:util";
import type { Said } from "../protocol/panel.ts";
import { harmless, wrap } from "./text.ts";

/** Where lines for people go. */
export interface Printer {
  /** One line of the conversation: time, who, to whom, what. `from` and `to` may name several, separated by commas. */
  said(said: Said): void;
  line(text?: string): void;
  heading(text: string): void;
  /** What belongs to a heading: indented, and broken at the width. */
  note(text: string): void;
  /** A unified diff. */
  diff(text: string): void;
}

type Style = Parameters<typeof styleText>[0];

const VOICES: readonly Style[] = ["cyan", "magenta", "blue", "yellow", "green"];
const TONES: Record<Said["tone"], Style> = {
  neutral: "reset",
  good: "green",
  bad: "red",
  warn: "yellow",
};
/** Room for a name: the longest of ours is `policy:auto`. */
const NAME_COLUMNS = 11;
/** Time, a space, the name, a space. */
const INDENT = 9 + NAME_COLUMNS + 1;
/** Longer lines are hard to read. */
const MOST_COLUMNS = 120;

/** Prints for people; colours only where the stream takes them (`NO_COLOR` and pipes have none), and nothing that could steer a terminal. */
export function createPrinter(
  stream: NodeJS.WritableStream & { readonly columns?: number },
): Printer {
  const voices = new Map<string, Style>();
  const paint = (style: Style, text: string): string =>
    styleText(style, text, { stream });
  const voice = (who: string): Style => {
    const known = voices.get(who);
    if (known !== undefined) return known;
    const style = VOICES[voices.size % VOICES.length] ?? "reset";
    voices.set(who, style);
    return style;
  };
  const columns = (): number =>
    Math.max(INDENT + 30, Math.min(stream.columns ?? 100, MOST_COLUMNS));
  const line = (text = ""): void => {
    stream.write(`${text}\n`);
  };

  return {
    line: (text = "") => {
      line(harmless(text));
    },
    heading: (text) => {
      line();
      // In a pipe it stays whole, for programs that look for it.
      const width = stream.columns === undefined ? Infinity : columns();
      for (const row of wrap(plain(harmless(text)), width))
        line(paint("bold", row));
    },
    note: (text) => {
      for (const row of wrap(plain(harmless(text)), columns() - 4))
        line(`    ${row}`);
    },
    diff: (text) => {
      for (const row of harmless(text).trimEnd().split("\n"))
        line(paint(diffStyle(row), row));
    },
    said: (said) => {
      const { who, text } = layOut(said);
      const quiet = said.kind === "tool" && said.tone === "neutral";
      const style: Style = quiet ? "dim" : TONES[said.tone];
      const room = columns() - INDENT;
      const words = plain(harmless(text));
      const [first = "", ...rest] = quiet
        ? [clip(words, room)]
        : wrap(words, room);
      const time = new Date(said.at).toTimeString().slice(0, 8);
      const name = harmless(who).padEnd(NAME_COLUMNS);
      const head = `${paint("dim", time)} ${paint(voice(who), quiet ? name : paint("bold", name))}`;
      if (SECTIONS.has(said.kind) && rest.length > 0) line();
      const fits = name.length === NAME_COLUMNS;
      line(fits ? `${head} ${paint(style, first)}`.trimEnd() : head);
      for (const row of fits ? rest : [first, ...rest])
        line(row === "" ? "" : `${" ".repeat(INDENT)}${paint(style, row)}`);
    },
  };
}

/** What begins a new part of the conversation. */
const SECTIONS: ReadonlySet<Said["kind"]> = new Set(["plan", "tally"]);

function layOut({ from, to, kind, text }: Said): {
  readonly who: string;
  readonly text: string;
} {
  switch (kind) {
    case "tool":
      return { who: from, text: `· ${text}` };
    case "ballot":
      return { who: to, text: `← ${from}: ${text}` };
    case "evidence": {
      const [status = "", ...summary] = text.split(" · ");
      return {
        who: "evidence",
        text: `${status} ${from.replace(/^tool:/, "")} · ${summary.join(" · ")}`,
      };
    }
    default:
      return {
        who: from,
        text: to === "everyone" ? text : `→ ${to}: ${text}`,
      };
  }
}

function diffStyle(row: string): Style {
  if (/^(?:diff |index |--- |\+\+\+ |new file|deleted file)/.test(row))
    return "bold";
  if (row.startsWith("@@")) return "cyan";
  if (row.startsWith("+")) return "green";
  return row.startsWith("-") ? "red" : "reset";
}

/** Markdown made readable without a renderer: emphasis and code marks go, structure stays. */
function plain(markdown: string): string {
  return markdown.replace(/\*\*(.+?)\*\*/g, "$1").replace(/`([^`\n]+)`/g, "$1");
}

/** One line of at most `width` characters. */
function clip(text: string, width: number): string {
  const one = text.replace(/\s+/g, " ");
  return one.length <= width ? one : `${one.slice(0, width - 1)}…`;
}
