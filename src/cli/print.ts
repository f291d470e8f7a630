import { styleText } from "node:util";
import type { Said } from "../protocol/panel.ts";

/** Where lines for people go. */
export interface Printer {
  said(said: Said): void;
  line(text?: string): void;
  heading(text: string): void;
}

type Style = Parameters<typeof styleText>[0];

const VOICES: readonly Style[] = ["cyan", "magenta", "blue", "yellow", "green"];
const TONES: Record<Said["tone"], Style> = {
  neutral: "reset",
  good: "green",
  bad: "red",
  warn: "yellow",
};

/** Prints the conversation as lines: time, who to whom, what; colours only where the stream takes them. */
export function createPrinter(stream: NodeJS.WriteStream): Printer {
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
  const line = (text = ""): void => {
    stream.write(`${text}\n`);
  };
  return {
    line,
    heading: (text) => {
      line();
      line(paint("bold", text));
    },
    said: ({ at, from, to, kind, text, tone }) => {
      const time = new Date(at).toTimeString().slice(0, 8);
      const width = Math.max(40, (stream.columns ?? 100) - 4);
      const [first = "", ...rest] = wrap(plain(text), width);
      const head =
        kind === "tool" || kind === "evidence" || to === "everyone"
          ? from
          : `${from} → ${to}`;
      line(
        `${paint("dim", time)} ${paint(voice(from), paint("bold", head))}${MARK[kind] ?? ""}`,
      );
      const quiet = kind === "tool";
      for (const words of [first, ...rest])
        line(`    ${quiet ? paint("dim", words) : paint(TONES[tone], words)}`);
    },
  };
}

const MARK: Partial<Record<Said["kind"], string>> = {
  tool: " · tool",
  evidence: " · evidence",
  ballot: " · ballot",
};

/** Markdown made readable without a renderer: emphasis and code marks go, structure stays. */
function plain(markdown: string): string {
  return markdown.replace(/\*\*(.+?)\*\*/g, "$1").replace(/`([^`\n]+)`/g, "$1");
}

/** Breaks text into lines of at most `width` characters at spaces; list items keep their indent. */
export function wrap(text: string, width: number): readonly string[] {
  return text.split("\n").flatMap((paragraph) => {
    const indent = /^(\s*(?:[-*]|\d+\.)\s)/.exec(paragraph)?.[1]?.length ?? 0;
    const lines: string[] = [];
    let current = "";
    for (const word of paragraph.split(" ")) {
      const next = current === "" ? word : `${current} ${word}`;
      if (next.length > width && current.trim() !== "") {
        lines.push(current);
        current = `${" ".repeat(indent)}${word}`;
      } else current = next;
    }
    return [...lines, current];
  });
}
