import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Exposition, Measured } from "../../ports/monitoring.ts";

/** A histogram whose numbers were counted elsewhere: prom-client only writes them down. */
class CountedHistogram extends Histogram {
  readonly #counted: {
    readonly name: string;
    readonly help: string;
    readonly values: () => readonly object[];
  };

  constructor(family: Measured & { readonly kind: "histogram" }) {
    const { name, help, labels, bounds } = family;
    super({
      name,
      help,
      labelNames: [...labels],
      buckets: [...bounds],
      registers: [],
    });
    const values = (): readonly object[] =>
      family.samples.flatMap(({ labels: own, counts, sum }) => {
        let below = 0;
        const buckets = counts.map((count, at) => {
          below += count;
          const le = bounds[at] ?? "+Inf";
          return {
            metricName: `${name}_bucket`,
            labels: { ...own, le },
            value: below,
          };
        });
        return [
          ...buckets,
          { metricName: `${name}_sum`, labels: own, value: sum },
          { metricName: `${name}_count`, labels: own, value: below },
        ];
      });
    this.#counted = { name, help, values };
  }

  /** What prom-client asks a metric for when it writes text; its own would be of what was observed here, which is nothing. */
  getForPromString(): Promise<object> {
    const { name, help, values } = this.#counted;
    return Promise.resolve({ name, help, type: "histogram", values: values() });
  }
}

/** Writes measurements in the text format Prometheus scrapes, by a registry of prom-client's that lives for this call only. */
export const expose: Exposition = async (families) => {
  const registry = new Registry();
  for (const family of families) {
    if (family.kind === "histogram") {
      registry.registerMetric(new CountedHistogram(family));
      continue;
    }
    const { name, help, labels, samples } = family;
    const config = { name, help, labelNames: [...labels], registers: [] };
    if (family.kind === "counter") {
      const counter = new Counter(config);
      // prom-client itself starts what has no labels at 0.
      for (const { labels: own, value } of samples)
        counter.inc({ ...own }, value);
      registry.registerMetric(counter);
    } else {
      const gauge = new Gauge(config);
      // prom-client starts what has no labels at 0; what is not known is not 0.
      if (samples.length === 0 && labels.length === 0) gauge.remove();
      for (const { labels: own, value } of samples)
        gauge.set({ ...own }, value);
      registry.registerMetric(gauge);
    }
  }
  return { contentType: registry.contentType, text: await registry.metrics() };
};
