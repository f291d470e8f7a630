/** An OpenTelemetry collector as small as can be: it takes OTLP/HTTP in JSON and keeps what it got. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A span as it came over the wire. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number };
  readonly attributes: readonly {
    readonly key: string;
    readonly value: Readonly<Record<string, unknown>>;
  }[];
}

interface Body {
  readonly resourceSpans: readonly {
    readonly resource: {
      readonly attributes: readonly {
        readonly key: string;
        readonly value: { readonly stringValue?: string };
      }[];
    };
    readonly scopeSpans: readonly { readonly spans: readonly ReceivedSpan[] }[];
  }[];
}

/** A collector that listens. */
export interface Collector extends AsyncDisposable {
  readonly url: string;
  /** The bodies as they came, with path and content type. */
  readonly requests: readonly {
    readonly path: string;
    readonly contentType: string;
    readonly text: string;
    readonly body: Body;
  }[];
  spans(): readonly ReceivedSpan[];
  /** Resolves once that many spans have come. */
  whenSpans(count: number): Promise<void>;
}

/** Starts it; `status` is what it answers. */
export async function startCollector(status = 200): Promise<Collector> {
  const requests: Collector["requests"][number][] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      requests.push({
        path: request.url ?? "",
        contentType: request.headers["content-type"] ?? "",
        text,
        body: JSON.parse(text) as Body,
      });
      response.writeHead(status, { "content-type": "application/json" });
      response.end("{}");
      for (const look of [...waiting]) look();
    });
  });
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      resolve();
    }),
  );
  const { port } = server.address() as AddressInfo;
  const collector: Collector = {
    url: `http://127.0.0.1:${String(port)}`,
    requests,
    spans: () =>
      requests.flatMap(({ body }) =>
        body.resourceSpans.flatMap(({ scopeSpans }) =>
          scopeSpans.flatMap(({ spans }) => spans),
        ),
      ),
    whenSpans: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (collector.spans().length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return collector;
}
