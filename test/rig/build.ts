import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { glob, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { inRoot, root, runNode } from "./project.ts";

const inputs = [
  "src/**/*",
  "esbuild.config.mjs",
  "package-lock.json",
  "tsconfig.json",
];
const products = [
  "dist/extension.js",
  "dist/cli.js",
  "dist/panel.js",
  "out/sizes.json",
];
const stamp = inRoot("out", "build.sha256");

/** Makes `dist/`, or leaves it alone when nothing it is made from has changed since the last complete build. Throws when the build fails. */
export async function build(): Promise<void> {
  const wanted = await hashOf(inputs);
  const made = existsSync(stamp) ? await readFile(stamp, "utf8") : "";
  if (made === wanted && products.every((file) => existsSync(inRoot(file)))) {
    return;
  }
  console.log("Building dist/");
  await rm(stamp, { force: true });
  const { code } = await runNode(["esbuild.config.mjs"], { show: true });
  if (code !== 0) throw new Error("The build failed; the lines above say why.");
  await mkdir(path.dirname(stamp), { recursive: true });
  await writeFile(stamp, wanted);
}

/** SHA-256 over names and contents of the files that the patterns match. */
async function hashOf(patterns: readonly string[]): Promise<string> {
  const files = await Array.fromAsync(
    glob(patterns, { cwd: root, withFileTypes: true }),
  );
  const names = files
    .filter((file) => file.isFile())
    .map((file) => path.join(file.parentPath, file.name))
    .sort();
  const hash = createHash("sha256");
  for (const name of names) {
    const content = await readFile(name);
    hash.update(`${path.relative(root, name)}\0${String(content.length)}\0`);
    hash.update(content);
  }
  return hash.digest("hex");
}

if (import.meta.main) {
  try {
    await build();
    console.log("dist/ is up to date.");
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
