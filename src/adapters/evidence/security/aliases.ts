import type { Node } from "@babel/types";
import {
  bare,
  dotted,
  isCall,
  isMember,
  propertyOf,
  stringOf,
  verbOf,
} from "./nodes.ts";
import type { Outline } from "./units.ts";

/** Names of a file that stand for a module or a function of one: `cp` → `child_process`, `run` → `child_process.exec`. Promisified functions count as what they are. */
export function aliasesOf(outlined: Outline): ReadonlyMap<string, string> {
  const known = KNOWN.get(outlined);
  if (known !== undefined) return known;
  const names = new Map<string, string>();
  const meaning = (node: Node): string | undefined => meaningOf(node, names);
  for (const { nodes } of outlined.units)
    for (const node of nodes) {
      if (node.type === "ImportDeclaration") {
        const from = moduleOf(node.source.value);
        for (const one of node.specifiers) {
          const name =
            one.type === "ImportSpecifier"
              ? `${from}.${one.imported.type === "Identifier" ? one.imported.name : one.imported.value}`
              : from;
          names.set(one.local.name, name);
        }
      } else if (node.type === "VariableDeclarator" && node.init) {
        const from = meaning(node.init);
        if (from === undefined) continue;
        if (node.id.type === "Identifier") names.set(node.id.name, from);
        else if (node.id.type === "ObjectPattern")
          for (const one of node.id.properties)
            if (
              one.type === "ObjectProperty" &&
              one.key.type === "Identifier" &&
              one.value.type === "Identifier"
            )
              names.set(one.value.name, `${from}.${one.key.name}`);
      } else if (
        node.type === "AssignmentExpression" &&
        node.left.type === "Identifier"
      ) {
        const from = meaning(node.right);
        if (from !== undefined) names.set(node.left.name, from);
      }
    }
  KNOWN.set(outlined, names);
  return names;
}

const KNOWN = new WeakMap<Outline, ReadonlyMap<string, string>>();

/** What a chain of names stands for, its first name resolved. */
export function resolved(
  node: Node,
  aliases: ReadonlyMap<string, string>,
): string | undefined {
  const callee = bare(node);
  const whole = dotted(callee);
  if (whole === undefined)
    return isMember(callee) ? `?.${propertyOf(callee) ?? "?"}` : undefined;
  const [first = "", ...rest] = whole.split(".");
  if (whole.startsWith("require("))
    return whole.replace(/^require\((?:node:)?([^)]*)\)/u, "$1");
  return [aliases.get(first) ?? first, ...rest].join(".");
}

function meaningOf(
  node: Node,
  names: ReadonlyMap<string, string>,
): string | undefined {
  const one = bare(node);
  if (isCall(one)) {
    const verb = verbOf(one);
    if (verb === "require" && one.arguments[0])
      return moduleOf(stringOf(one.arguments[0]) ?? "?");
    const [first] = one.arguments;
    if (
      first &&
      /^(?:promisify|denodeify|__importDefault|__importStar|_interopRequireDefault|_interopRequireWildcard|__toESM)$/.test(
        verb,
      )
    )
      return meaningOf(first, names);
    return undefined;
  }
  if (isMember(one)) {
    const whole = resolved(one, names);
    return whole !== undefined && MODULES.test(whole) ? whole : undefined;
  }
  return one.type === "Identifier" ? names.get(one.name) : undefined;
}

const MODULES =
  /^(?:child_process|fs|fs\/promises|path|vm|crypto|shelljs|execa|cross-spawn)\./;

function moduleOf(name: string): string {
  return name.replace(/^node:/u, "");
}
