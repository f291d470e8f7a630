/** The process analyses run in. It is given texts and gives back what it saw; it reads no files and ends with its parent. */
import type { AnalysisName } from "./analyses.ts";
import type { Answer, Question } from "./analysisWire.ts";
import type { Analyser } from "./tool.ts";

const LOADERS = {
  secretFormats: async () => (await import("./secretFormats.ts")).secretFormats,
  eslintSecurity: async () =>
    (await import("./eslintSecurity.ts")).eslintSecurity,
  redos: async () => (await import("./redos.ts")).redos,
  codeSecurity: async () =>
    (await import("./security/codeSecurity.ts")).codeSecurity,
} as const satisfies Record<AnalysisName, () => Promise<Analyser>>;

const ended = new AbortController();
process.once("disconnect", () => {
  ended.abort();
  process.exit();
});
process.once("message", (question: Question) => {
  void answerTo(question).then((answer) => {
    process.send?.(answer, () => {
      process.disconnect();
    });
  });
});

async function answerTo({ name, ...texts }: Question): Promise<Answer> {
  try {
    const analyse = await LOADERS[name]();
    return {
      ok: true,
      seen: await analyse({ ...texts, signal: ended.signal }),
    };
  } catch (error) {
    return {
      ok: false,
      message: error instanceof Error ? error.message : String(error),
    };
  }
}
