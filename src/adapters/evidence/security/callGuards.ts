import type { Found } from "./guardKind.ts";
import { shapeOf, textOf, verbOf, type Call } from "./nodes.ts";
import type { Outline } from "./units.ts";

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
/** What a call keeps out, by what it calls. */
export function callGuard(node: Call, { source }: Outline): Found | undefined {
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
