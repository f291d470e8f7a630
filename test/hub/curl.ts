/** The curl of this machine, or a stand-in for machines without one. */
import { spawnSync } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** Does what the lines of our documents ask of curl: `-K -` reads a header from standard input, `-H`, `-d`, and flags without a value that change nothing here. */
const STAND_IN = `#!${process.execPath}
const { readFileSync } = require("node:fs");
const args = process.argv.slice(2);
const headers = {};
let url = "";
let body;
const header = (line) => {
  const at = line.indexOf(":");
  headers[line.slice(0, at)] = line.slice(at + 1).trim();
};
for (let at = 0; at < args.length; at += 1) {
  if (args[at] === "-H") header(args[(at += 1)]);
  else if (args[at] === "-d") body = args[(at += 1)];
  else if (args[at] === "-K") {
    at += 1;
    header(/^header = "(.*)"$/m.exec(readFileSync(0, "utf8"))[1]);
  } else if (!args[at].startsWith("-")) url = args[at];
}
fetch(url, { method: body === undefined ? "GET" : "POST", headers, body })
  .then((response) => response.text())
  .then((text) => process.stdout.write(text));
`;

/** Makes sure that `curl` can be called with the returned PATH; `dir` is a folder for a stand-in where there is none. */
export async function withCurl(
  dir: string,
): Promise<{ readonly path: string; readonly isReal: boolean }> {
  const path = process.env["PATH"] ?? "";
  if (spawnSync("curl", ["--version"]).status === 0)
    return { path, isReal: true };
  const file = join(dir, "curl");
  await writeFile(file, STAND_IN);
  await chmod(file, 0o700);
  return { path: `${dir}${delimiter}${path}`, isReal: false };
}
