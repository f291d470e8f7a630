import type { Node } from "@babel/types";
import {
  bare,
  isCall,
  isMember,
  namesIn,
  propertyOf,
  shapeOf,
  stringOf,
  textOf,
  verbOf,
  type Call,
} from "./nodes.ts";
import type { Outline, Unit } from "./units.ts";

/**
 * What a piece of code guards against: `proto` refuses dangerous keys, `own` asks for own properties, `plain` uses objects
 * without a prototype, `path` looks where a path leads, `escape` makes text harmless, `check` calls a function named like a
 * check, `exit` leaves early, `type` asks for a type, `limit` bounds a length, `safer` calls the safer of two functions,
 * `option` sets an option that protects.
 */
export type GuardKind =
  | "proto"
  | "own"
  | "plain"
  | "path"
  | "escape"
  | "check"
  | "named"
  | "refuse"
  | "exit"
  | "type"
  | "limit"
  | "safer"
  | "option";

/** A piece of code that keeps something out. */
export interface Guard {
  readonly kind: GuardKind;
  /** Equal for the same guard in both versions, whatever its place. */
  readonly key: string;
  /** What to quote. */
  readonly node: Node;
  readonly unit: Unit;
  /** Names of the values it looks at. */
  readonly names: ReadonlySet<string>;
}

/** The guards of a file, in the order of its text. */
export function guardsOf(outlined: Outline): readonly Guard[] {
  const guards = outlined.units.flatMap((unit) =>
    unit.nodes.flatMap((node): readonly Guard[] => {
      const found = guardAt(node, outlined);
      if (found === undefined) return [];
      const { kind, key, node: at = node } = found;
      return [
        { kind, key: `${kind} ${key}`, node: at, unit, names: namesIn(at) },
      ];
    }),
  );
  const told = testsOf(guards, outlined);
  return guards.filter(
    ({ kind, node }) =>
      !((kind === "exit" || kind === "refuse") && told.has(node)),
  );
}

/** Conditions of which a guard inside tells more than that they end the way. */
function testsOf(
  guards: readonly Guard[],
  { parents }: Outline,
): ReadonlySet<Node> {
  const tests = new Set<Node>();
  for (const { kind, node } of guards) {
    if (kind !== "proto" && kind !== "path" && kind !== "check") continue;
    let at: Node | undefined = node;
    while (at !== undefined && !/Statement$|Function/.test(at.type)) {
      tests.add(at);
      at = parents.get(at);
    }
  }
  return tests;
}

interface Found {
  readonly kind: GuardKind;
  readonly key: string;
  readonly node?: Node;
}

/** Headers that are not for everybody, in a pattern. */
const CONFIDENTIAL = /authorization|\bcookie/iu;
const DANGEROUS_KEY = /^(?:__proto__|constructor|prototype)$/;
const CHECKS =
  /^(?:assert|check|ensure|validate|verify|require|guard|reject|forbid|deny|allow|prevent|protect|test)_?(?=[A-Z_]|$)|safe|valid|allowed|forbidden|denied|disallow|blacklist|whitelist|blocklist|allowlist|denylist|[pP]ollut|[dD]anger|malicious|[tT]rusted|[tT]raversal|[iI]nside|[wW]ithin|Sane\b|Safe|Valid|Allowed|Forbidden/u;
const NOT_CHECKS =
  /^(?:alloc\w*|isArray|isObject|isPlainObject|isFunction|isString|isNumber|isNaN|isFinite|isInteger|isDate|isEmpty|isUndefined|isNil|isNull|isBuffer|isRegExp|isDirectory|isFile|has|test|require|assert|is|hasOwnProperty|hasOwn|isValid|requireActual|isNumeric|isBoolean|isSymbol|isError|isStream|isPromise|hasOwnProp)$/;
/** A name that asks something. Whether that keeps anything out, the name alone doesn't say. */
export const QUESTION = /^(?:is|are|has)(?=[A-Z])/u;
const ESCAPES =
  /escape|quote|sanitiz|sanitis|purify|encodeURI|encodeFor|htmlEncode|^encode$|^clean|^strip|shellEscape|^escapeshell|^serialize$/iu;
const PATHS =
  /^(?:normalize|basename|isAbsolute|realpath|realpathSync|relative|lstat|lstatSync|isSymbolicLink|safeJoin|isPathInside|isInside|normalizeWindowsPath|stripAbsolutePath|isSubdir|resolvePath)$/;
const SAFER =
  /^(?:execFile|execFileSync|spawn|spawnSync|safeLoad|safeLoadAll|safeDump|timingSafeEqual|randomBytes|randomUUID|mkdtemp|mkdtempSync|getRandomValues|createTextNode|safeParse)$/;
const SAFE_NAME =
  /^(?:safe|saniti[sz]e|escaped?|secure)(?=[A-Z_])|[a-z](?:Safe|Saniti[sz]ed?|Escaped?|Secured?)(?=[A-Z]|$)/u;
const NOT_SAFE_NAME =
  /^(?:allocUnsafe\w*|isSafeInteger|safeInteger|threadSafe|nullSafe)$/u;
const LIMIT = /^(?:\w+\.)*\w*(?:max|limit|MAX|LIMIT|Max|Limit)\w*$/;

function guardAt(node: Node, outlined: Outline): Found | undefined {
  const { source, parents } = outlined;
  const parent = parents.get(node);
  switch (node.type) {
    case "StringLiteral":
      return stringGuard(node.value, node, parent, outlined);
    case "TemplateLiteral": {
      const text = stringOf(node);
      return text === undefined
        ? undefined
        : stringGuard(text, node, parent, outlined);
    }
    case "RegExpLiteral":
      if (CONFIDENTIAL.test(node.pattern))
        return { kind: "check", key: "confidential headers" };
      if (/__proto__|\bprototype\b/u.test(node.pattern))
        return { kind: "proto", key: shapeOf(source, node) };
      if (
        /\\\.\\\.|\\\.\{2|\\\.\{1,2\}|\.\\\.\[/u.test(node.pattern) ||
        /\(\?:\^\|\[\\+\/\]\)/u.test(node.pattern)
      )
        return { kind: "path", key: shapeOf(source, node) };
      return undefined;
    case "IfStatement":
      return leaves(node.consequent)
        ? {
            kind: refuses(textOf(source, node.consequent)) ? "refuse" : "exit",
            key: shapeOf(source, node.test),
            node: node.test,
          }
        : undefined;
    case "UnaryExpression":
      return node.operator === "delete" &&
        isMember(node.argument) &&
        CONFIDENTIAL.test(propertyOf(node.argument) ?? "")
        ? { kind: "check", key: shapeOf(source, node) }
        : undefined;
    case "Identifier":
      return SAFE_NAME.test(node.name) && !NOT_SAFE_NAME.test(node.name)
        ? { kind: "named", key: node.name }
        : undefined;
    case "BinaryExpression":
      return comparisonGuard(node, outlined);
    case "ObjectProperty":
      return optionGuard(node, outlined);
    case "CallExpression":
    case "OptionalCallExpression":
    case "NewExpression":
      return callGuard(node, outlined);
    default:
      return undefined;
  }
}

function stringGuard(
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

function comparisonGuard(
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

function optionGuard(
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

function callGuard(node: Call, { source }: Outline): Found | undefined {
  const verb = verbOf(node);
  const key = shapeOf(source, node);
  const [first] = node.arguments;
  if (
    /^(?:hasOwnProperty|hasOwn|propertyIsEnumerable|hasOwnProp|_?has)$/.test(
      verb,
    ) ||
    (verb === "call" &&
      /hasOwn|propertyIsEnumerable/iu.test(textOf(source, node.callee)))
  )
    return { kind: "own", key };
  if (
    /^(?:keys|entries|getOwnPropertyNames)$/.test(verb) &&
    /Object/u.test(key)
  )
    return { kind: "safer", key: "ownKeys" };
  if (verb === "create" && first?.type === "NullLiteral")
    return { kind: "plain", key };
  if (node.type === "NewExpression")
    return verb === "Map" || verb === "WeakMap"
      ? { kind: "plain", key }
      : undefined;
  if (
    /^(?:freeze|getPrototypeOf|defineProperty|defineProperties)$/.test(verb) &&
    /Object/u.test(key)
  )
    return { kind: "plain", key };
  if (SAFER.test(verb)) return { kind: "safer", key: verb };
  if (verb === "join" && node.arguments.length > 1)
    return { kind: "safer", key: verb };
  if (verb === "stringify") return { kind: "safer", key: verb };
  if (PATHS.test(verb))
    return {
      kind: "path",
      key: node.callee.type === "Identifier" ? verb : key,
    };
  if (verb === "startsWith" || verb === "endsWith")
    return /(?:root|base|dir|dest|cwd|path|prefix|folder|parent|target|output|location|sep)/iu.test(
      key,
    )
      ? { kind: "path", key }
      : undefined;
  if (
    /^(?:isArray|isNaN|isFinite|isInteger|isSafeInteger|isBuffer|isString|isNumber|isObject|isPlainObject|isFunction|Number|parseInt|toString|String)$/.test(
      verb,
    )
  )
    return { kind: "type", key };
  if (verb === "replace" || verb === "replaceAll")
    return { kind: "escape", key };
  if (ESCAPES.test(verb)) return { kind: "escape", key: verb };
  if (CHECKS.test(verb) && !NOT_CHECKS.test(verb))
    return { kind: "check", key: verb };
  // What is named as a question may be about anything: like a type, it counts only before something sensitive.
  if (QUESTION.test(verb) && !NOT_CHECKS.test(verb))
    return node.callee.type === "Identifier"
      ? { kind: "check", key: verb }
      : { kind: "type", key };
  if (verb === "test" || verb === "includes" || verb === "match")
    return /safe|valid|allow|forbid|deny|black|white|unsafe|danger|illegal|invalid|proto/iu.test(
      key,
    )
      ? { kind: "check", key }
      : undefined;
  return undefined;
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

/** Whether what is done before leaving says no: throws, makes an error, answers with a status of the four hundreds. */
function refuses(text: string): boolean {
  return /\bthrow\b|[eE]rror\w*\(|\breject|\b4\d\d\b|\bfail|forbid|denied/u.test(
    text,
  );
}

/** Whether a statement ends the way through the code: throws, returns, goes on with the next. */
function leaves(statement: Node): boolean {
  if (statement.type === "BlockStatement") {
    const last = statement.body.at(-1);
    return last !== undefined && leaves(last);
  }
  return /^(?:Throw|Return|Continue|Break)Statement$/.test(statement.type);
}
