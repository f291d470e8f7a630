import type { TextLog } from "../../ports.ts";
import type { PeerTable } from "../../ports/peering.ts";
import type { PeeringTable } from "../rooms.ts";
import { topicFits } from "./topicFits.ts";

/** Longest payload of a topic that goes to peers, bytes of JSON. */
const MAX_PAYLOAD = 64_000;

/** Topics that are shared with peers; what came from a peer never goes on to another. */
export interface TopicShare {
  dispose(): void;
}

/** Shares the topics that a pattern names with every peer that may write here, both ways. Without patterns nothing crosses. */
export function shareTopics(
  table: PeeringTable,
  deps: {
    readonly textLog: TextLog;
    readonly ours: Pick<PeerTable, "publish" | "onPublished">;
    readonly patterns: readonly string[];
  },
): TopicShare {
  const { textLog, ours, patterns } = deps;
  if (patterns.length === 0) return { dispose: () => undefined };
  const isShared = (topic: string): boolean =>
    patterns.some((pattern) => topicFits(pattern, topic));

  function warn(what: string): (error: unknown) => void {
    return (error) => {
      textLog.warn(what, { why: String(error) });
    };
  }

  async function tellPeers(
    topic: string,
    from: string,
    payload: unknown,
  ): Promise<void> {
    const text = JSON.stringify(payload ?? null);
    if (Buffer.byteLength(text) > MAX_PAYLOAD) {
      textLog.warn("A message on a shared topic is too long for peers.", {
        topic,
      });
      return;
    }
    const body = {
      kind: "published" as const,
      topic,
      from: from.slice(0, 64),
      payload: JSON.parse(text) as never,
    };
    for (const { hubId, scopes } of table.peers()) {
      if (!scopes.includes("message")) continue;
      if (!table.isConnected(hubId)) continue;
      await (await table.pair(hubId)).say(body);
    }
  }

  const stops = [
    ours.onPublished((topic, from, payload) => {
      if (isShared(topic))
        tellPeers(topic, from, payload).catch(
          warn("A shared topic could not be told to peers."),
        );
    }),
    table.onHeard(({ from, body }) => {
      if (body.kind === "published" && isShared(body.topic))
        ours
          .publish(from, body.topic, body.payload)
          .catch(warn("What a peer published could not be told here."));
    }),
  ];
  return {
    dispose() {
      for (const stop of stops) stop();
    },
  };
}
