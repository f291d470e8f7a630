import { accessSync, constants, existsSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import path from "node:path";

import { chromium, type Browser } from "playwright-core";

import { cacheInstall } from "./cacheInstall.ts";
import { runNode, runNpm } from "./project.ts";

const packaged = "153.0.0";

/**
 * Returns the path of a Chromium: the one named by CHROMIUM_PATH, one the machine has, or a headless one installed from the npm registry.
 * Throws with what to install when none of them can be had.
 */
async function findChromium(): Promise<string> {
  const named = process.env["CHROMIUM_PATH"];
  if (named !== undefined && named !== "") {
    if (existsSync(named)) return named;
    throw new Error(
      `CHROMIUM_PATH names ${named}, which does not exist. Name a Chromium there or unset it.`,
    );
  }
  return installed() ?? (await install());
}

/** Starts the browser that `findChromium` found, headless and quiet without a network. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = await findChromium();
  const env = { ...process.env, ...fontsFor(executablePath) };
  try {
    return await chromium.launch({ executablePath, args: quietFlags, env });
  } catch (cause) {
    throw new Error(
      `${executablePath} does not start. Install Chromium (apt-get install chromium), or the libraries it needs ` +
        "(libnss3 and libexpat1), or name another one in CHROMIUM_PATH.",
      { cause },
    );
  }
}

/** A machine without fonts shows no text, so there the packaged browser is pointed at the font it came with. */
function fontsFor(executablePath: string): Readonly<Record<string, string>> {
  const packagedFonts = path.join(path.dirname(executablePath), fontsFile);
  return existsSync("/usr/share/fonts") || !existsSync(packagedFonts)
    ? {}
    : { FONTCONFIG_FILE: packagedFonts };
}

const fontsFile = path.join("fonts", "roundtable.conf");

const quietFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--disable-quic",
];

function installed(): string | undefined {
  const names =
    process.platform === "win32"
      ? ["chrome.exe", "msedge.exe"]
      : [
          "chromium",
          "chromium-browser",
          "google-chrome",
          "google-chrome-stable",
        ];
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  const candidates = [
    ...names.flatMap((name) =>
      folders.map((folder) => path.join(folder, name)),
    ),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
  ];
  return candidates.find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return path.isAbsolute(file);
  } catch {
    return false;
  }
}

async function install(): Promise<string> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      "No Chromium found. Install Chrome or Chromium, or name one in CHROMIUM_PATH.",
    );
  }
  const folder = await cacheInstall(`chromium-${packaged}`, async (target) => {
    process.stderr.write(
      `Installing a headless Chromium for the tests (@sparticuz/chromium ${packaged}, about 250 MB on disk, once)\n`,
    );
    await runNpm(
      ["install", `@sparticuz/chromium@${packaged}`, "--ignore-scripts"],
      target,
    );
    await unpack(target);
  });
  return path.join(folder, "browser", "chromium");
}

/** The package unpacks itself into the temporary folder; this one makes it unpack into `target`. */
async function unpack(target: string): Promise<void> {
  const unpacked = path.join(target, "unpacking");
  const script = `
    import { mkdirSync } from "node:fs";
    mkdirSync(${JSON.stringify(unpacked)});
    const { default: chromium } = await import("@sparticuz/chromium");
    await chromium.executablePath();`;
  const env = { ...process.env, TMPDIR: unpacked };
  const { code, output } = await runNode(
    ["--input-type=module", "--eval", script],
    { cwd: target, env },
  );
  if (code !== 0) {
    throw new Error(`The packaged Chromium could not be unpacked.\n${output}`);
  }
  await writeFile(
    path.join(unpacked, fontsFile),
    '<?xml version="1.0"?><fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>\n',
  );
  await rename(unpacked, path.join(target, "browser"));
}
