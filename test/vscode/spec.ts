/** What became of one spec; `error` is there when it failed. */
export interface SpecResult {
  readonly name: string;
  readonly ms: number;
  readonly error?: string;
}

interface Spec {
  readonly name: string;
  readonly test: () => Promise<void> | void;
}

const specs: Spec[] = [];
const limitMs = 60_000;

/** Registers a test that runs inside VS Code's extension host; specs run one after the other, in the order of their files' names. */
export function spec(name: string, test: () => Promise<void> | void): void {
  specs.push({ name, test });
}

/** Runs every registered spec, each for at most 60 seconds, and reports all of them. */
export async function runSpecs(): Promise<readonly SpecResult[]> {
  const results: SpecResult[] = [];
  for (const { name, test } of specs) {
    const started = performance.now();
    const error = await within(limitMs, test);
    const ms = Math.round(performance.now() - started);
    results.push({ name, ms, ...(error === undefined ? {} : { error }) });
  }
  return results;
}

async function within(
  timeoutMs: number,
  test: Spec["test"],
): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`Not finished after ${String(timeoutMs)} ms.`));
    }, timeoutMs);
  });
  try {
    await Promise.race([test(), tooLong]);
    return undefined;
  } catch (error) {
    return error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
  } finally {
    clearTimeout(timer);
  }
}
