import { createRpcPeer, methodNotFound } from "../../core/rpcPeer.ts";
import type { TextLog, Transport } from "../../ports.ts";
import type { PeerTable } from "../../ports/peering.ts";
import { Send } from "../../protocol/envelope.ts";
import { isPeerName } from "./peerName.ts";

type Listener = Parameters<PeerTable["onPublished"]>[0];

/** Hears what is published on topics of the patterns, by anybody but peers. Subscribes when somebody first listens. */
export function hearTopics(parts: {
  readonly patterns: readonly string[];
  readonly connect: () => Transport;
  readonly textLog: TextLog;
}): {
  readonly onPublished: (listener: Listener) => () => void;
  readonly close: () => void;
} {
  const { patterns, connect, textLog } = parts;
  const listeners = new Set<Listener>();
  let transport: Transport | undefined;

  function deliver(params: unknown): void {
    const parsed = Send.safeParse(params);
    if (!parsed.success) return;
    const { header, payload } = parsed.data;
    const { to, from = "" } = header;
    // What came from a peer never goes on to another: no loops, by construction.
    if (isPeerName(from) || !to.startsWith("topic:")) return;
    const topic = to.slice("topic:".length);
    for (const listener of [...listeners]) listener(topic, from, payload);
  }

  function subscribe(): Transport {
    const ours = connect();
    const rpc = createRpcPeer({
      send: (frame) => {
        ours.send(frame);
      },
      handle: (method, params) => {
        if (method !== "envelope/deliver") throw methodNotFound(method);
        deliver(params);
        return {};
      },
      onProblem: (problem) => {
        textLog.warn("Shared topics met trouble.", { why: String(problem) });
      },
    });
    ours.onFrame((frame) => {
      rpc.onFrame(frame);
    });
    ours.onClose((why) => {
      rpc.close(why);
    });
    rpc
      .request("envelope/subscribe", { topics: patterns })
      .catch((error: unknown) => {
        textLog.warn("Shared topics cannot be heard.", { why: String(error) });
      });
    return ours;
  }

  return {
    onPublished(listener) {
      listeners.add(listener);
      if (patterns.length > 0) transport ??= subscribe();
      return () => listeners.delete(listener);
    },
    close() {
      transport?.close("the hub closes");
    },
  };
}
