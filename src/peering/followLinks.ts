import type { TextLog } from "../ports.ts";
import type { Links } from "./links/links.ts";
import type { BlobFrame } from "./rooms.ts";
import type { Directory } from "./rooms/directory.ts";
import type { Incoming } from "./rooms/incoming.ts";

/** Gives what happens on links to whom it concerns, from now on. Returns the way to stop. */
export function followLinks(parts: {
  readonly links: Links;
  readonly directory: Pick<Directory, "linked" | "unlinked">;
  readonly incoming: Pick<Incoming, "frame">;
  readonly textLog: TextLog;
  /** Tells a peer that has just come who is here. */
  readonly greet: (hubId: string) => Promise<void>;
  readonly blob: (hubId: string, frame: BlobFrame) => void;
  readonly moved: (hubId: string, isUp: boolean) => void;
  readonly changed: () => void;
}): () => void {
  const { links, directory, incoming, textLog, greet } = parts;
  return links.on({
    up(link) {
      const { hubId } = link;
      directory.linked(link);
      parts.moved(hubId, true);
      parts.changed();
      greet(hubId).catch((error: unknown) => {
        textLog.warn("A peer could not be greeted.", {
          hubId,
          why: String(error),
        });
      });
    },
    frame(link, frame) {
      switch (frame.t) {
        case "have":
        case "push":
        case "term":
          incoming.frame(link, frame);
          break;
        case "blob":
        case "blobAsked":
          parts.blob(link.hubId, frame);
          break;
        default:
          // The rest is the link's own.
          break;
      }
    },
    down({ hubId }) {
      // A newer link to the same hub may be open already.
      if (links.link(hubId) !== undefined) return;
      directory.unlinked(hubId);
      parts.moved(hubId, false);
      parts.changed();
    },
  });
}
