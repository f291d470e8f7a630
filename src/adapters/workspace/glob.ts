import { posix } from "node:path";
import { failed } from "./trouble.ts";

// Patterns become regular expressions whose time grows with every choice they offer.
const MAX_LENGTH = 256;
const MAX_BRACES = 4;
const MAX_STARS_IN_A_NAME = 3;

/** A test for paths relative to the root. `*` stays within a name, `**` crosses folders, `{a,b}` and `[ab]` choose; names that begin with a dot must be named. */
export function compileGlob(glob: string): (path: string) => boolean {
  const why = objection(glob);
  if (why !== undefined)
    throw failed(glob, why, "use a simple pattern such as src/**/*.ts");
  return (path) => posix.matchesGlob(path, glob);
}

function objection(glob: string): string | undefined {
  if (glob === "" || glob.length > MAX_LENGTH)
    return `is not a pattern of 1 to ${String(MAX_LENGTH)} characters`;
  if (glob.startsWith("/") || glob.includes("..") || /[\p{Cc}\\]/u.test(glob))
    return "is not a pattern relative to the folder";
  if (glob.split("{").length - 1 > MAX_BRACES || /[?*+@!]\(/u.test(glob))
    return "offers too many choices for one pattern";
  const crowded = glob
    .split("/")
    .some(
      (name) =>
        name !== "**" && name.split("*").length - 1 > MAX_STARS_IN_A_NAME,
    );
  return crowded ? "has too many stars in one name" : undefined;
}
