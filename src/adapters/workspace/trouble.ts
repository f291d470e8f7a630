import { RoundtableError } from "../../core/errors.ts";

/** The path may not be touched, whatever is or is not there. */
export function denied(path: string, why: string): RoundtableError {
  return new RoundtableError(
    "path-denied",
    `${JSON.stringify(path)} was not touched: ${why}.`,
    "Nothing was changed; name a file inside the working folder, relative to it and separated by `/`, that is not protected.",
  );
}

/** The path may be touched, but not like this. */
export function failed(
  path: string,
  why: string,
  next: string,
  cause?: unknown,
): RoundtableError {
  return new RoundtableError(
    "tool-failed",
    `${JSON.stringify(path)} ${why}.`,
    `Nothing was changed; ${next}.`,
    { cause },
  );
}

/** The system's code of an error (`ENOENT`, …), if it has one. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error &&
    "code" in error &&
    typeof error.code === "string"
    ? error.code
    : undefined;
}

/** What a file system error means for whoever asked for `path`. */
export function translate(path: string, error: unknown): RoundtableError {
  if (error instanceof RoundtableError) return error;
  switch (systemCode(error)) {
    case "ELOOP":
      return denied(path, "a link took its place while it was opened");
    case "ENOENT":
      return failed(path, "does not exist", "list the files to find it", error);
    case "ENOTDIR":
      return failed(
        path,
        "goes through a file as if it were a folder",
        "list the files to find the right path",
        error,
      );
    default:
      return failed(
        path,
        `could not be used (${error instanceof Error ? error.message : String(error)})`,
        "check the disk and the permissions of the folder",
        error,
      );
  }
}
