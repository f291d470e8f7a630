import { inline } from "./markdownInline.ts";

/**
 * Markdown from agents as nodes that are safe to show: every node is made here, one by one, and no text ever reaches an HTML parser, so raw
 * HTML comes out as the text it is. Understands paragraphs, headings, lists, quotes, fenced code, tables and rules; a line break is kept. Longer
 * texts than 50,000 characters are cut. (A general parser and a sanitizer would take half of the page's byte budget.)
 */
export function markdown(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const lines = text.slice(0, MAX_LENGTH).replaceAll("\r\n", "\n").split("\n");
  fragment.append(...blocks(lines, 0));
  return fragment;
}

const MAX_LENGTH = 50_000;
/** Quotes and lists nested deeper are shown as plain paragraphs. */
const MAX_DEPTH = 6;

const fence = /^ {0,3}(`{3,}|~{3,})/;
const heading = /^ {0,3}(#{1,6})[ \t]+(.*)$/;
const rule =
  /^ {0,3}(?:-[ \t]*){3,}$|^ {0,3}(?:\*[ \t]*){3,}$|^ {0,3}(?:_[ \t]*){3,}$/;
const quote = /^ {0,3}> ?/;
const item = /^( {0,3})([-*+]|\d{1,9}[.)])( +|$)/;
const delimiterRow = /^[ \t|:-]*-[ \t|:-]*$/;

/** What a block is made of, and how many lines it took. */
interface Taken {
  readonly node: Node;
  readonly lines: number;
}

function blocks(lines: readonly string[], depth: number): Node[] {
  const nodes: Node[] = [];
  for (let at = 0; at < lines.length;) {
    if (lines[at]?.trim() === "") {
      at += 1;
      continue;
    }
    const rest = lines.slice(at);
    const taken = block(rest, depth) ?? paragraph(rest, depth);
    nodes.push(taken.node);
    at += taken.lines;
  }
  return nodes;
}

function block(lines: readonly string[], depth: number): Taken | undefined {
  const [line = "", next = ""] = lines;
  const opened = fence.exec(line)?.[1];
  if (opened !== undefined) return code(lines, opened);
  const titled = heading.exec(line);
  if (titled) {
    const level = Math.min(6, Math.max(4, (titled[1]?.length ?? 1) + 2));
    const text = (titled[2] ?? "").replace(/#+$/, "").trim();
    return { node: element(`h${String(level)}`, inline(text)), lines: 1 };
  }
  if (rule.test(line)) return { node: element("hr", []), lines: 1 };
  if (line.includes("|") && next.includes("|") && delimiterRow.test(next))
    return table(lines);
  if (depth >= MAX_DEPTH) return undefined;
  if (quote.test(line)) {
    const end = lines.findIndex((other) => !quote.test(other));
    const quoted = end === -1 ? lines : lines.slice(0, end);
    const inner = quoted.map((other) => other.replace(quote, ""));
    return {
      node: element("blockquote", blocks(inner, depth + 1)),
      lines: quoted.length,
    };
  }
  return item.test(line) ? list(lines, depth) : undefined;
}

function code(lines: readonly string[], opened: string): Taken {
  const closing = new RegExp(
    `^ {0,3}\\${opened.charAt(0)}{${String(opened.length)},}[ \\t]*$`,
  );
  const end = lines.findIndex((line, index) => index > 0 && closing.test(line));
  const last = end === -1 ? lines.length : end;
  const text = lines.slice(1, last).join("\n");
  return {
    node: element("pre", [element("code", [text])]),
    lines: end === -1 ? last : last + 1,
  };
}

function table(lines: readonly string[]): Taken {
  const end = lines.findIndex((line) => !line.includes("|"));
  const rows = end === -1 ? lines : lines.slice(0, end);
  const row = (line: string, tag: string) =>
    element(
      "tr",
      line
        .trim()
        .replace(/^\||\|$/g, "")
        .split("|")
        .map((cell) => element(tag, inline(cell.trim()))),
    );
  const body = rows.slice(2).map((line) => row(line, "td"));
  return {
    node: element("table", [
      element("thead", [row(rows[0] ?? "", "th")]),
      element("tbody", body),
    ]),
    lines: rows.length,
  };
}

/** Items of one kind of marker; what is indented as far as an item's text belongs to the item. */
function list(lines: readonly string[], depth: number): Taken {
  const [, , marker = "-"] = item.exec(lines[0] ?? "") ?? [];
  const numbered = /\d/.test(marker);
  const kind = marker.at(-1) ?? "";
  const items: string[][] = [];
  let indent = 0;
  let at = 0;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const begun = item.exec(line);
    const own = items.at(-1);
    const blank = line.trim() === "";
    if (own !== undefined && (blank || leading(line) >= indent))
      own.push(line.slice(Math.min(indent, leading(line))));
    else if (begun !== null && !rule.test(line)) {
      if ((begun[2] ?? "").at(-1) !== kind) break;
      indent = begun[0].length;
      items.push([line.slice(indent)]);
    } else if (own?.at(-1)?.trim() === "" || block([line], depth)) break;
    else own?.push(line);
  }
  const node = element(
    numbered ? "ol" : "ul",
    items.map((content) =>
      element("li", tight(blocks(content.map(task), depth + 1))),
    ),
  );
  const start = Number.parseInt(marker, 10);
  if (numbered && start !== 1) node.setAttribute("start", String(start));
  return { node, lines: at };
}

/** An item's only paragraph stands without paragraph spacing. */
function tight(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node) =>
    node instanceof HTMLParagraphElement ? [...node.childNodes] : [node],
  );
}

/** The box of a task is shown as a sign; it cannot be ticked here. */
function task(line: string, index: number): string {
  if (index > 0) return line;
  return line.replace(/^\[ \] /, "☐ ").replace(/^\[x\] /i, "☑ ");
}

function leading(line: string): number {
  return line.length - line.trimStart().length;
}

function paragraph(lines: readonly string[], depth: number): Taken {
  let end = 1;
  while (end < lines.length && !endsParagraph(lines.slice(end, end + 2), depth))
    end += 1;
  const text = lines
    .slice(0, end)
    .map((line) => line.trim())
    .join("\n");
  return { node: element("p", inline(text)), lines: end };
}

function endsParagraph(lines: readonly string[], depth: number): boolean {
  const [line = ""] = lines;
  return (
    line.trim() === "" ||
    fence.test(line) ||
    heading.test(line) ||
    rule.test(line) ||
    (depth < MAX_DEPTH && (quote.test(line) || item.test(line)))
  );
}

function element(
  tag: string,
  content: readonly (Node | string)[],
): HTMLElement {
  const made = document.createElement(tag);
  made.append(...content);
  return made;
}
