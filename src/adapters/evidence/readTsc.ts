/** A diagnostic of the TypeScript compiler with a place. */
export interface TypeError {
  /** Below the folder the compiler ran in, with slashes. */
  readonly path: string;
  readonly line: number;
  /** `TS2322` and the like. */
  readonly code: string;
  readonly message: string;
}

const LINE = /^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/;

/** The errors in what `tsc --pretty false` prints; further lines of a message are left out. Paths that lead out of the folder are not in it. */
export function readTsc(output: string): readonly TypeError[] {
  return output.split(/\r?\n/).flatMap((text) => {
    const [, file = "", line, code = "", message = ""] = LINE.exec(text) ?? [];
    const path = file.replaceAll("\\", "/");
    return line === undefined || path.startsWith("../") || path.startsWith("/")
      ? []
      : [{ path, line: Number(line), code, message }];
  });
}
