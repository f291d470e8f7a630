/** What happens in a simulation, for whoever reads along. */
import type {
  RoomEffect,
  RoomFrame,
  RoomInput,
  Sealed,
} from "../../../src/core/peering/room.ts";

export function inputWords(input: RoomInput): string {
  switch (input.kind) {
    case "frame":
      return `hears ${input.from}: ${frameWords(input.frame)}`;
    case "said":
      return `says ${placeWords(input.sealed)}`;
    case "linked":
    case "unlinked":
      return `is ${input.kind} ${input.peer}`;
    case "handOver":
      return `hands over to ${input.to}`;
    case "tick":
      return "ticks";
  }
}

export function effectWords(effect: RoomEffect): string {
  switch (effect.kind) {
    case "keepSaid":
      return `keep ${placeWords(effect.sealed)}`;
    case "keepFork":
      return `keep fork ${placeWords(effect.first)} / ${placeWords(effect.second)}`;
    case "keepVote":
      return `keep vote of ${String(effect.term)} for ${String(effect.candidate)}`;
    case "send":
      return `to ${effect.to} ${frameWords(effect.frame)}`;
    case "coordinator":
      return `coordinator ${String(effect.hubId)} in ${String(effect.term)}`;
    case "refused":
      return `refused ${effect.from}: ${effect.why}`;
  }
}

function frameWords(frame: RoomFrame): string {
  switch (frame.t) {
    case "have":
      return `have ${JSON.stringify(frame.have)}${frame.ask ? "?" : ""}`;
    case "push":
      return `push ${frame.sealed.map(placeWords).join(" ")}`;
    case "term":
      return JSON.stringify(frame.term);
  }
}

function placeWords({ hash, envelope: { body } }: Sealed): string {
  const about = "decisionId" in body ? ` ${body.decisionId}` : "";
  return `${hash}(${body.kind}${about})`;
}
