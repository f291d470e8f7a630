import type { EnvelopeHeader } from "../../protocol/envelope.ts";
import type { Arena, Placed } from "./arena.ts";
import type { Added } from "./encode.ts";
import {
  canBeExtended,
  deliverText,
  opening,
  placeExtended,
  placeParcel,
} from "./encode.ts";
import type { Parcel } from "./parcel.ts";

/** What only the hub says. */
function withoutHubs(header: EnvelopeHeader): EnvelopeHeader {
  if (
    header.seq === undefined &&
    header.attempt === undefined &&
    header.subscription === undefined
  )
    return header;
  const { seq: _, attempt: __, subscription: ___, ...rest } = header;
  return rest;
}

/** An envelope frame as it came, and what replaces its beginning when nothing but its sender is added. */
export interface Came {
  readonly frame: Buffer;
  readonly start: Buffer | undefined;
}

/**
 * A message on its way out, in each form it is needed in, built once for all who get it. It lives for one turn of the event loop.
 * (A class because one is made for every message.)
 */
export class Outgoing {
  readonly #arena: Arena;
  readonly #parcel: Parcel;
  readonly #added: Added;
  readonly #came: Came | undefined;
  #frame: Placed | undefined;
  #text: string | undefined;
  #textFrame: Placed | undefined;

  /** `added` is what the hub says in the header; it wins over what is there. */
  constructor(arena: Arena, parcel: Parcel, added: Added, came?: Came) {
    this.#arena = arena;
    this.#parcel = parcel;
    this.#added = added;
    this.#came = came;
  }

  get priority(): number {
    return this.#parcel.header.priority;
  }

  /** ms since 1970; 0 for never. */
  get expiresAt(): number {
    return this.#parcel.header.expiresAt ?? 0;
  }

  /** The envelope frame. */
  frame(): Placed {
    return (this.#frame ??= this.#place());
  }

  /** The text of the notification `envelope/deliver`; undefined when the payload is not fit for it. */
  text(): string | undefined {
    return (this.#text ??= deliverText(this.#bare(), this.#added));
  }

  /** The same as a WebSocket frame. */
  textFrame(): Placed | undefined {
    const text = this.text();
    if (text === undefined) return undefined;
    return (this.#textFrame ??= this.#arena.text(text));
  }

  /** The message with everything the hub adds, as it is stored. */
  parcel(): Parcel {
    const { header, payload } = this.#bare();
    return { header: { ...header, ...this.#added }, payload };
  }

  #bare(): Parcel {
    const { header, payload } = this.#parcel;
    return { header: withoutHubs(header), payload };
  }

  #place(): Placed {
    const came = this.#came;
    return came !== undefined && canBeExtended(came.frame, this.#parcel.header)
      ? placeExtended(
          this.#arena,
          came.frame,
          came.start ?? opening(this.#added),
        )
      : placeParcel(this.#arena, this.#bare(), this.#added);
  }
}
