import type { Labels, Measured, Metrics } from "../../ports/monitoring.ts";
import { CATALOGUE, type Family } from "./catalogue.ts";

/** Label sets one family may have; further ones are counted together under `other`, so that nobody's names can fill the memory. */
const MAX_SERIES = 200;
const OTHER = "other";

interface Series {
  readonly labels: Labels;
  value: number;
  sum: number;
  readonly counts: number[];
}

type Gauge = Parameters<Metrics["gauge"]>[1];

/** Numbers in memory: adding to one is a look-up and an addition, and nothing else happens until somebody reads. */
export interface Counters extends Metrics {
  /** All families of the catalogue, in its order. */
  read(): readonly Measured[];
}

/** Counters of the catalogue, all at zero. */
export function createCounters(): Counters {
  const families = new Map<string, Map<string, Series>>();
  const gauges = new Map<string, Gauge>();

  function make(labels: Labels, family: Family): Series {
    const size = family.bounds === undefined ? 0 : family.bounds.length + 1;
    const counts = new Array<number>(size).fill(0);
    return { labels, value: 0, sum: 0, counts };
  }

  function seriesOf(
    name: string,
    family: Family,
    labels: Labels | undefined,
  ): Series {
    let all = families.get(name);
    if (all === undefined) {
      all = new Map<string, Series>();
      families.set(name, all);
    }
    const key = labels === undefined ? "" : keyOf(family.labels, labels);
    const known = all.get(key);
    if (known !== undefined) return known;
    const over = all.size >= MAX_SERIES;
    const under = over ? OTHER : key;
    const others = over ? all.get(OTHER) : undefined;
    if (others !== undefined) return others;
    const own = Object.fromEntries(
      family.labels.map((label) => [
        label,
        over ? OTHER : (labels?.[label] ?? ""),
      ]),
    );
    const series = make(own, family);
    all.set(under, series);
    return series;
  }

  function samplesOf(name: string, family: Family): readonly Series[] {
    const read = gauges.get(name);
    if (read === undefined) {
      const held = [...(families.get(name)?.values() ?? [])];
      // What has no labels is 0 from the start: a rate needs something to start from.
      return held.length === 0 && family.labels.length === 0
        ? family.kind === "gauge"
          ? []
          : [make({}, family)]
        : held;
    }
    return read()
      .slice(0, MAX_SERIES)
      .map(({ labels = {}, value }) => ({ labels, value, sum: 0, counts: [] }));
  }

  return {
    count(name, labels, by = 1) {
      const family = CATALOGUE.get(name);
      if (family?.kind === "counter")
        seriesOf(name, family, labels).value += by;
    },
    observe(name, value, labels) {
      const family = CATALOGUE.get(name);
      if (family?.bounds === undefined) return;
      const series = seriesOf(name, family, labels);
      let bucket = 0;
      for (const bound of family.bounds) {
        if (value <= bound) break;
        bucket += 1;
      }
      series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
      series.sum += value;
    },
    gauge(name, read) {
      if (CATALOGUE.has(name)) gauges.set(name, read);
    },
    read: () =>
      [...CATALOGUE].map(([name, family]) => {
        const { help, labels } = family;
        const samples = samplesOf(name, family);
        return family.kind === "histogram"
          ? {
              name,
              help,
              labels,
              kind: family.kind,
              bounds: family.bounds ?? [],
              samples,
            }
          : { name, help, labels, kind: family.kind, samples };
      }),
  };
}

/** One string for a set of labels, in the family's order. */
function keyOf(names: readonly string[], labels: Labels): string {
  const [only = ""] = names;
  // Most have one, and a string that is there already need not be made.
  if (names.length === 1) return labels[only] ?? "";
  let key = "";
  for (const name of names) key += `${labels[name] ?? ""}\u0000`;
  return key;
}
