/** One planted bug: a realistic mistake of one line, and the tests that are there to notice it. */
export interface Plant {
  readonly name: string;
  /** Source file, from the root of the repository. */
  readonly file: string;
  /** Text that is in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The promise it breaks, one sentence. */
  readonly breaks: string;
  /** Test files that must fail, each of them. */
  readonly tests: readonly string[];
}

/** The source with the bug in it. Throws when the text it replaces is not there exactly once: then the plant is out of date. */
export function planted(source: string, plant: Plant): string {
  const places = source.split(plant.find).length - 1;
  if (places !== 1)
    throw new Error(
      `The plant ${plant.name} is out of date: ${plant.file} has the text it replaces ${String(places)} times, not once.`,
    );
  return source.replace(plant.find, () => plant.replace);
}
