/** Links that can be followed; all others are shown as text. */
const followable = /^(?:https?:\/\/|mailto:)[^\s]+$/i;

const emphasis = [
  ["**", "strong"],
  ["__", "strong"],
  ["~~", "del"],
  ["*", "em"],
  ["_", "em"],
] as const;

type Piece = Node | string;

/** What was understood at a place, and where the text goes on. */
interface Taken {
  readonly pieces: readonly Piece[];
  readonly next: number;
}

/**
 * The text of one paragraph as nodes: emphasis, code, links with their whole address, and line breaks. An image becomes its description and
 * address, because fetching it would tell a stranger what was read here. Time grows with the text's length, whatever is in it.
 */
export function inline(text: string): Piece[] {
  const pieces: Piece[] = [];
  const hopeless = new Set<string>();
  let plain = "";
  for (let at = 0; at < text.length;) {
    const taken = special.test(text.charAt(at))
      ? take(text, at, hopeless)
      : undefined;
    if (taken === undefined) {
      plain += text.charAt(at);
      at += 1;
      continue;
    }
    if (plain !== "") pieces.push(plain);
    plain = "";
    pieces.push(...taken.pieces);
    at = taken.next;
  }
  if (plain !== "") pieces.push(plain);
  return pieces;
}

const special = /[\\`![<*_~\nhHmM]/;

function take(
  text: string,
  at: number,
  hopeless: Set<string>,
): Taken | undefined {
  switch (text.charAt(at)) {
    case "\\":
      return /[!-/:-@[-`{-~]/.test(text.charAt(at + 1))
        ? { pieces: [text.charAt(at + 1)], next: at + 2 }
        : undefined;
    case "\n":
      return { pieces: [document.createElement("br")], next: at + 1 };
    case "`":
      return codeSpan(text, at, hopeless);
    case "!":
      return text.charAt(at + 1) === "["
        ? image(text, at, hopeless)
        : undefined;
    case "[":
      return link(text, at, hopeless);
    case "<":
      return bracketed(text, at);
    case "*":
    case "_":
    case "~":
      return emphasised(text, at, hopeless);
    default:
      return bare(text, at);
  }
}

/** Where `wanted` comes next; a search that found nothing once is not made again. */
function find(
  text: string,
  wanted: string,
  from: number,
  hopeless: Set<string>,
): number {
  if (hopeless.has(wanted)) return -1;
  const found = text.indexOf(wanted, from);
  if (found === -1) hopeless.add(wanted);
  return found;
}

function codeSpan(
  text: string,
  at: number,
  hopeless: Set<string>,
): Taken | undefined {
  const [ticks = "`"] = /^`+/.exec(text.slice(at, at + 20)) ?? [];
  const from = at + ticks.length;
  const end = find(text, ticks, from, hopeless);
  if (end === -1) return { pieces: [ticks], next: from };
  const code = text.slice(from, end).replaceAll("\n", " ");
  return { pieces: [element("code", [code])], next: end + ticks.length };
}

/** `[label](address)` as its two parts; `at` is that of the bracket. */
function target(text: string, at: number, hopeless: Set<string>) {
  const middle = find(text, "](", at, hopeless);
  if (middle === -1 || middle - at > 1000) return undefined;
  const from = middle + 2;
  let open = 1;
  for (let end = from; end < Math.min(text.length, from + 2000); end += 1) {
    const letter = text.charAt(end);
    if (letter === "(") open += 1;
    if (letter === ")") open -= 1;
    if (open > 0) continue;
    const [address = ""] = text.slice(from, end).trim().split(/\s/);
    return { label: text.slice(at + 1, middle), address, next: end + 1 };
  }
  return undefined;
}

function image(text: string, at: number, hopeless: Set<string>) {
  const found = target(text, at + 1, hopeless);
  if (found === undefined) return undefined;
  const { label, address, next } = found;
  return {
    pieces: [
      element("code", [label === "" ? address : `${label}: ${address}`]),
    ],
    next,
  };
}

function link(text: string, at: number, hopeless: Set<string>) {
  const found = target(text, at, hopeless);
  if (found === undefined) return undefined;
  const { label, address, next } = found;
  const shown = element("code", [address]);
  if (!followable.test(address)) return { pieces: [label, " ", shown], next };
  const written = label === address || `mailto:${label}` === address;
  const made = anchor(address, [element("span", plainly(label))]);
  return { pieces: written ? [made] : [made, " ", shown], next };
}

/** Code and emphasis inside a link's label are kept; another link is not. */
function plainly(label: string): Piece[] {
  return label.includes("[") || /https?:/i.test(label)
    ? [label]
    : inline(label);
}

function bracketed(text: string, at: number): Taken | undefined {
  const end = text.indexOf(">", at);
  const address = end === -1 || end - at > 2000 ? "" : text.slice(at + 1, end);
  return followable.test(address)
    ? { pieces: [anchor(address, [address])], next: end + 1 }
    : undefined;
}

/** An address written as it is, without the punctuation that ends the sentence. */
function bare(text: string, at: number): Taken | undefined {
  if (/\w/.test(text.charAt(at - 1))) return undefined;
  const found = /^https?:\/\/[^\s<>"'`]+/i.exec(text.slice(at, at + 2000))?.[0];
  const address = found?.replace(/[.,:;!?*_~)\]}]+$/, "");
  return address !== undefined && followable.test(address)
    ? { pieces: [anchor(address, [address])], next: at + address.length }
    : undefined;
}

function emphasised(
  text: string,
  at: number,
  hopeless: Set<string>,
): Taken | undefined {
  const found = emphasis.find(([mark]) => text.startsWith(mark, at));
  if (found === undefined) return undefined;
  const [mark, tag] = found;
  const from = at + mark.length;
  const underscore = mark.startsWith("_");
  const opens =
    /\S/.test(text.charAt(from)) &&
    !(underscore && /\w/.test(text.charAt(at - 1)));
  const end = opens ? find(text, mark, from + 1, hopeless) : -1;
  const closes =
    end !== -1 &&
    /\S/.test(text.charAt(end - 1)) &&
    !(underscore && /\w/.test(text.charAt(end + mark.length)));
  if (!closes) return { pieces: [mark], next: from };
  return {
    pieces: [element(tag, inline(text.slice(from, end)))],
    next: end + mark.length,
  };
}

function anchor(address: string, content: readonly Piece[]): HTMLElement {
  const made = document.createElement("a");
  made.href = address;
  made.title = address;
  made.append(...content);
  return made;
}

function element(tag: string, content: readonly Piece[]): HTMLElement {
  const made = document.createElement(tag);
  made.append(...content);
  return made;
}
