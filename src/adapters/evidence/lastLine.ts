/** The last line a command printed, at most 200 characters, without its full stop; its exit code where it printed nothing. */
export function lastLine(output: string, exitCode: number | null): string {
  const line = output.trim().split("\n").at(-1)?.trim().slice(0, 200) ?? "";
  return line === ""
    ? `it printed nothing, exit code ${String(exitCode)}`
    : line.replace(/\.$/, "");
}
