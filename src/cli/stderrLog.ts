import type { TextLog } from "../ports.ts";

/** A text log on standard error, one line each; without `verbose` only warnings and errors. */
export function stderrLog(verbose: boolean): TextLog {
  const write =
    (level: string): TextLog["info"] =>
    (message, fields) => {
      const rest = fields === undefined ? "" : ` ${JSON.stringify(fields)}`;
      process.stderr.write(`${level} ${message}${rest}\n`);
    };
  const quiet = (): void => undefined;
  return {
    info: verbose ? write("info") : quiet,
    warn: verbose ? write("warn") : quiet,
    error: write("error"),
  };
}
