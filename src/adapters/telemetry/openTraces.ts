import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  type SpanExporter,
} from "@opentelemetry/sdk-trace";
import { RoundtableError } from "../../core/errors.ts";
import type { Clock, TextLog } from "../../ports.ts";
import type { Traces } from "../../ports/monitoring.ts";
import { toReadable } from "./toReadable.ts";

/** Spans that wait at most; what comes beyond is dropped. */
const MAX_WAITING = 4096;
const BATCH = 256;
/** Time one batch may take, and time the last ones get when everything ends, ms. */
const EXPORT_MS = 3000;
const FAREWELL_MS = 2000;
const COMPLAIN_EVERY_MS = 60_000;
/** How OpenTelemetry says that an export went well. */
const DONE = { code: 0 } as unknown as Parameters<
  Parameters<SpanExporter["export"]>[1]
>[0];

/**
 * Sends spans to an OpenTelemetry collector: OTLP over HTTP, JSON, in batches, every `everyMs` (default 2,000). `endpoint` is the
 * collector's base address; `/v1/traces` is added where it is missing. A collector that cannot be reached costs one line of the text log
 * a minute and the spans it missed. Throws `bad-settings` for what is no http(s) address.
 */
export function openTraces(options: {
  readonly endpoint: string;
  readonly service: { readonly name: string; readonly version: string };
  readonly clock: Clock;
  readonly textLog: TextLog;
  readonly everyMs?: number;
}): Traces {
  const { endpoint, service, clock, textLog, everyMs = 2000 } = options;
  const url = tracesUrl(endpoint);
  const resource = resourceFromAttributes({
    "service.name": service.name,
    "service.version": service.version,
  });
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_MS });
  let complainedAt = -Infinity;

  function complain(why: string): void {
    if (clock.now() - complainedAt < COMPLAIN_EVERY_MS) return;
    complainedAt = clock.now();
    textLog.warn("the collector does not take our traces; they are dropped", {
      endpoint: new URL(url).origin,
      why,
    });
  }

  /** For the queue every batch is done with, whether it arrived or not. */
  const patient: SpanExporter = {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const { error } = result;
        if (!wentWell(result)) complain(error?.message ?? "no reason given");
        done(DONE);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
  const queue = new BatchSpanProcessor({
    exporter: patient,
    maxQueueSize: MAX_WAITING,
    maxExportBatchSize: BATCH,
    scheduledDelayMillis: everyMs,
  });

  return {
    add(spans) {
      for (const span of spans) {
        const { endMs } = span;
        if (endMs === null) continue;
        const whole = { ...span, endMs };
        queue.onEnd(toReadable(whole, resource, { name: service.name }));
      }
    },
    async dispose() {
      const enough = new AbortController();
      await Promise.race([
        queue.shutdown().catch((error: unknown) => {
          complain(String(error));
        }),
        clock.after(FAREWELL_MS, enough.signal).catch(() => undefined),
      ]);
      enough.abort();
    },
  };
}

function wentWell({ code }: { readonly code: unknown }): boolean {
  return code === 0;
}

function tracesUrl(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new RoundtableError(
      "bad-settings",
      "The OTLP endpoint is no http or https address.",
      "Nothing is exported. Set roundtable.otlpEndpoint or OTEL_EXPORTER_OTLP_ENDPOINT to one such as http://127.0.0.1:4318, or leave it empty.",
    );
  if (!/\/v1\/traces\/?$/.test(url.pathname))
    url.pathname = `${url.pathname.replace(/\/$/, "")}/v1/traces`;
  return url.href;
}
