import { RoundtableError } from "../../core/errors.ts";
import { canonicalCopy } from "../../core/json.ts";
import type { Draft } from "../../protocol/event.ts";
import { EventData } from "../../protocol/event.ts";

const NAME_LENGTH = 512;

/** A draft that fits its schema, as an independent copy that JSON holds without loss; anything else is an `internal` error. */
export function checkDraft(draft: Draft): Draft {
  if (!Object.hasOwn(EventData, draft.type))
    throw refusal(`no event is called ${JSON.stringify(draft.type)}`);
  const name = [draft.missionId, draft.by, draft.key ?? "-"].find(
    (text) => !isName(text),
  );
  if (name !== undefined)
    throw refusal(
      `${JSON.stringify(name)} cannot name a mission, an author or a key`,
    );
  const data = EventData[draft.type].safeParse(draft.data);
  if (!data.success)
    throw refusal(`its data do not fit: ${data.error.message}`, data.error);
  return {
    missionId: draft.missionId,
    type: draft.type,
    data: throughJson(data.data),
    by: draft.by,
    ...(draft.key === undefined ? {} : { key: draft.key }),
  } as Draft;
}

/** Names are compared by SQLite byte by byte, so they must survive UTF-8. */
function isName(text: string): boolean {
  return (
    text.length > 0 &&
    text.length <= NAME_LENGTH &&
    text.isWellFormed() &&
    // Control characters hide in terminals and are never part of an id.
    !/\p{Cc}/u.test(text)
  );
}

function throughJson(data: unknown): unknown {
  try {
    return canonicalCopy(data);
  } catch (error) {
    throw refusal("its data are not JSON", error);
  }
}

function refusal(why: string, cause?: unknown): RoundtableError {
  return new RoundtableError(
    "internal",
    `An event was not stored because ${why}.`,
    "The log is unchanged; this is a fault of Roundtable, please report it.",
    { cause },
  );
}
