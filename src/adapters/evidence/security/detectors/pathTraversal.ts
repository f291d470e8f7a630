import type { Node } from "@babel/types";
import { resolved } from "../aliases.ts";
import type { Detector, Place } from "../hit.ts";
import {
  bare,
  dotted,
  isCall,
  isMember,
  quote,
  shapeOf,
  textOf,
  walk,
  type Call,
} from "../nodes.ts";

const FILES =
  /^(?:fs|fs-extra|graceful-fs|fs\/promises|fsp|fse)(?:\.default)?(?:\.promises)?\.(?:readFile|writeFile|appendFile|createReadStream|createWriteStream|open|readdir|stat|lstat|access|unlink|rm|rmdir|mkdir|mkdirs|mkdirp|ensureDir|outputFile|copy|copyFile|rename|symlink|link|exists|chmod|readlink|truncate|watch)(?:Sync)?$|(?:^|\.)(?:sendFile|sendfile|download|createReadStream|createWriteStream)$/;
const JOINS =
  /^(?:path|upath)(?:\.default)?(?:\.posix|\.win32)?\.(?:join|resolve)$|^(?:join|resolve)$/;
/** What a unit that looks where a path leads has in it. */
const LOOKS =
  /\.\.|startsWith|\.relative\(|\.basename\(|isAbsolute|realpath|sanitize|sanitise|normalize\w*\(|indexOf\([^)]*(?:root|dir|base|dest|cwd|path)|isPathInside|pathInside|within|contains?\w*Path|escape\w*\(|isSafe|isInside|isSubdir|UP_PATH|outside|traversal|preventWriting|resolvePath\(|safeJoin|resolve-path/iu;
const ENTRY =
  /(?:^|\.)(?:entry|header|file|zipEntry|item|member|fileInfo|e|x)\.(?:path|name|fileName|filename|entryName|linkname|relativePath)$|(?:^|\.)entryName$/;

/** Files reached by a path that has a part from outside and is not kept inside a folder. */
export const pathTraversal: Detector = (place) => {
  const { outlined, unit, flow } = place;
  const { source } = outlined;
  const sinks = unit.nodes.filter(
    (node): node is Call => isCall(node) && opens(node, place),
  );
  const joined = sinks.flatMap((call) => {
    const path = call.arguments[0];
    const built = path === undefined ? undefined : whereJoined(path, place);
    return built === undefined ? [] : [{ call, built }];
  });
  const extracted = unit.nodes.flatMap((node) =>
    isCall(node) &&
    joins(node, place) &&
    node.arguments.length > 1 &&
    node.arguments.slice(1).some(isEntry)
      ? [{ call: node, built: node }]
      : [],
  );
  if (joined.length + extracted.length === 0) return [];
  if (LOOKS.test(textOf(source, unit.node))) return [];
  return [
    ...extracted.map(({ call }) => ({
      rule: "path-traversal" as const,
      node: call,
      key: shapeOf(source, call).slice(0, 200),
      severity: "high" as const,
      claim: `\`${quote(source, call)}\` joins the name of an archive's entry to a folder, and nothing checks that the result stays inside it: an entry named ../../x is written outside.`,
    })),
    ...joined.flatMap(({ call, built }) => {
      if (!flow.tainted(built)) return [];
      return [
        {
          rule: "path-traversal" as const,
          node: call,
          key: shapeOf(source, call).slice(0, 200),
          severity: REQUEST.test(textOf(source, unit.node))
            ? ("high" as const)
            : ("medium" as const),
          claim: `\`${quote(source, call)}\` opens a path with a part from outside (\`${quote(source, built, 60)}\`), and nothing checks that it stays inside its folder: ../ in it leads out.`,
        },
      ];
    }),
  ];
};

const REQUEST =
  /\b(?:req|request|ctx|res|response)\.(?:url|originalUrl|path|params|query|body|writeHead|end|send|setHeader)\b/;

function opens(call: Call, { aliases }: Place): boolean {
  return FILES.test(resolved(call.callee, aliases) ?? "");
}

function joins(call: Call, { aliases }: Place): boolean {
  return JOINS.test(resolved(call.callee, aliases) ?? "");
}

function isEntry(node: Node): boolean {
  let found = false;
  walk(node, (one) => {
    if (isMember(one) && ENTRY.test(dotted(one) ?? "")) found = true;
    return !found;
  });
  return found;
}

/** The expression that joins a path with something open after a beginning, here or where its name was given its value. */
function whereJoined(path: Node, place: Place, deep = true): Node | undefined {
  const { unit, flow } = place;
  const one = bare(path);
  if (
    (isCall(one) && joins(one, place) && one.arguments.length > 1) ||
    (one.type === "BinaryExpression" && one.operator === "+") ||
    (one.type === "TemplateLiteral" && one.expressions.length > 0)
  ) {
    const parts = isCall(one) ? one.arguments.slice(1) : laterParts(one);
    return parts.some((part) => !flow.fixed(part) && flow.tainted(part))
      ? one
      : undefined;
  }
  if (one.type !== "Identifier" || !deep) return undefined;
  for (const node of unit.nodes) {
    const value =
      node.type === "VariableDeclarator" &&
      node.id.type === "Identifier" &&
      node.id.name === one.name
        ? node.init
        : node.type === "AssignmentExpression" &&
            node.left.type === "Identifier" &&
            node.left.name === one.name
          ? node.right
          : undefined;
    if (value) {
      const built = whereJoined(value, place, false);
      if (built !== undefined) return built;
    }
  }
  return undefined;
}

/** The pieces of a text after its beginning: what comes first chooses the folder, what comes later may lead out of it. */
function laterParts(text: Node): readonly Node[] {
  if (text.type === "TemplateLiteral")
    return text.expressions.slice(text.quasis[0]?.value.raw === "" ? 1 : 0);
  const parts: Node[] = [];
  let at: Node = text;
  while (at.type === "BinaryExpression") {
    parts.push(at.right);
    at = bare(at.left);
  }
  return parts;
}
