import { RoundtableError } from "../../core/errors.ts";

/** The hub of that name or id among some; throws `bad-intent` where there is none, or more than one. */
export function hubNamed<
  H extends { readonly hubId: string; readonly name: string },
>(named: string, among: readonly H[]): H {
  const found = among.filter(
    ({ hubId, name }) => hubId === named || name === named,
  );
  const [one, another] = found;
  if (one !== undefined && another === undefined) return one;
  throw new RoundtableError(
    "bad-intent",
    one === undefined
      ? `There is no hub ${JSON.stringify(named)} here; there is ${among.map(({ name }) => name).join(", ")}.`
      : `Two hubs are called ${JSON.stringify(named)}.`,
    "Nothing was changed. Name a hub by its name, or by its id where two have one name.",
  );
}
