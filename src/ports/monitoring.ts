/** What the hub's monitor needs from the world, and what rooms tell it. */
import type { Lifetime } from "../ports.ts";
import type { Span } from "../protocol/trace.ts";

/** Label names to values. Few values each, and never content: names of agents, providers, states. */
export type Labels = Readonly<Record<string, string>>;

/** One family of measurements, as it stands. Units are in the name: `_seconds`, `_bytes`, `_total`. */
export type Measured = {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
} & (
  | {
      readonly kind: "counter" | "gauge";
      readonly samples: readonly {
        readonly labels: Labels;
        readonly value: number;
      }[];
    }
  | {
      readonly kind: "histogram";
      /** Upper bounds, rising. */
      readonly bounds: readonly number[];
      readonly samples: readonly {
        readonly labels: Labels;
        /** How many fell into each bound's own bucket; one more than bounds for what is beyond. */
        readonly counts: readonly number[];
        readonly sum: number;
      }[];
    }
);

/** Where rooms say what happened; the names are those of the hub's catalogue, anything else is dropped. Calls are cheap and never throw. */
export interface Metrics {
  count(name: string, labels?: Labels, by?: number): void;
  /** One more value of a histogram, in the unit of its name. */
  observe(name: string, value: number, labels?: Labels): void;
  /** A value that is read when somebody asks for the metrics. */
  gauge(
    name: string,
    read: () => readonly { readonly labels?: Labels; readonly value: number }[],
  ): void;
}

/** Writes measurements as Prometheus reads them. */
export type Exposition = (families: readonly Measured[]) => Promise<{
  readonly contentType: string;
  readonly text: string;
}>;

/** Takes finished spans to a collector. */
export interface Traces extends Lifetime {
  /** Never waits and never throws: what does not fit into the bounded queue is dropped. */
  add(spans: readonly Span[]): void;
}
