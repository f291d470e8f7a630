import type { Node } from "@babel/types";
import type { Found } from "./guardKind.ts";
import {
  bare,
  isCall,
  isMember,
  propertyOf,
  shapeOf,
  textOf,
  verbOf,
} from "./nodes.ts";
import type { Outline } from "./units.ts";

const DANGEROUS_KEY = /^(?:__proto__|constructor|prototype)$/;
const LIMIT = /^(?:\w+\.)*\w*(?:max|limit|MAX|LIMIT|Max|Limit)\w*$/;

/** What is kept out by a text that is looked for: names of prototypes, two dots, headers. */
export function stringGuard(
  text: string,
  node: Node,
  parent: Node | undefined,
  { source }: Outline,
): Found | undefined {
  if (parent === undefined) return undefined;
  if (DANGEROUS_KEY.test(text)) {
    if (text !== "__proto__" && isMember(parent)) return undefined;
    if (
      text !== "__proto__" &&
      parent.type !== "BinaryExpression" &&
      parent.type !== "ArrayExpression" &&
      parent.type !== "SwitchCase" &&
      !isCall(parent)
    )
      return undefined;
    return {
      kind: "proto",
      key: `${text} ${parent.type}`,
      node:
        parent.type === "BinaryExpression" ||
        isCall(parent) ||
        parent.type === "ArrayExpression"
          ? parent
          : node,
    };
  }
  if (
    (text === ".." ||
      text === "../" ||
      text === "/.." ||
      text === "..\\" ||
      text === "/../" ||
      text === "\0") &&
    (parent.type === "BinaryExpression" || isCall(parent))
  ) {
    const joins =
      isCall(parent) && /^(?:join|resolve|require|push)$/.test(verbOf(parent));
    return joins
      ? undefined
      : { kind: "path", key: shapeOf(source, parent), node: parent };
  }
  if (
    /^(?:proxy-)?authorization$|^cookie2?$/iu.test(text) &&
    !isRead(node, parent)
  )
    return { kind: "check", key: `confidential header ${text}`, node: parent };
  if (text === "--" && (parent.type === "ArrayExpression" || isCall(parent)))
    return { kind: "option", key: "--", node: parent };
  return undefined;
}

/** What a comparison keeps out. */
export function comparisonGuard(
  node: Extract<Node, { type: "BinaryExpression" }>,
  { source }: Outline,
): Found | undefined {
  const { left, right, operator } = node;
  const key = shapeOf(source, node);
  if (/^[=!]==?$/.test(operator)) {
    if (left.type === "UnaryExpression" && left.operator === "typeof")
      return { kind: "type", key };
    const call = bare(left);
    if (
      isCall(call) &&
      /^(?:indexOf|lastIndexOf|substr|substring|slice|charAt)$/.test(
        verbOf(call),
      ) &&
      /(?:root|base|dir|dest|cwd|path|prefix|folder|parent|target|output|location|sep)/iu.test(
        textOf(source, call),
      )
    )
      return { kind: "path", key };
    return undefined;
  }
  if (operator === "in") return { kind: "own", key };
  if (operator === "instanceof") return { kind: "type", key };
  if (/^[<>]=?$/.test(operator)) {
    const isLength = (one: Node): boolean =>
      isMember(one) &&
      /^(?:length|size|byteLength)$/.test(propertyOf(one) ?? "");
    const isBound = (one: Node): boolean =>
      (one.type === "NumericLiteral" && one.value >= 16) ||
      ((one.type === "Identifier" || isMember(one)) &&
        LIMIT.test(textOf(source, one)));
    if (
      (isLength(left) && isBound(right)) ||
      (isBound(left) && isLength(right)) ||
      (isBound(right) && right.type !== "NumericLiteral")
    )
      return { kind: "limit", key };
  }
  return undefined;
}

/** What an option keeps out. */
export function optionGuard(
  node: Extract<Node, { type: "ObjectProperty" }>,
  { source }: Outline,
): Found | undefined {
  const name =
    node.key.type === "Identifier"
      ? node.key.name
      : node.key.type === "StringLiteral"
        ? node.key.value
        : "";
  const { value } = node;
  if (name === "__proto__")
    return value.type === "NullLiteral"
      ? { kind: "plain", key: "__proto__:null" }
      : { kind: "proto", key: "__proto__ key" };
  if (value.type !== "BooleanLiteral") return undefined;
  const protects = value.value
    ? /^(?:rejectUnauthorized|strictSSL|httpOnly|secure|noent|escape|autoescape|sanitize|strict)$/
    : /^(?:shell|allowPrototypes|unsafe|allowProtoPropertiesByDefault|allowProtoMethodsByDefault|dotfiles|followSymlinks)$/;
  return protects.test(name)
    ? { kind: "option", key: shapeOf(source, node) }
    : undefined;
}

/** Whether a name only stands for what is read, sent or set. */
function isRead(node: Node, parent: Node): boolean {
  return (
    (isMember(parent) && parent.property === node) ||
    (parent.type === "ObjectProperty" && parent.key === node) ||
    (isCall(parent) &&
      /^(?:get|set|header|setHeader|getHeader|append)$/.test(verbOf(parent)))
  );
}
