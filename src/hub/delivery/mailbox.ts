import type { Chance, Clock, TextLog } from "../../ports.ts";
import type {
  Letter,
  Mailboxes,
  WaitingLetter,
} from "../../ports/mailboxes.ts";
import type { Outlet } from "../messaging/parcel.ts";
import type { Alarm } from "./alarm.ts";
import type { DeliveryCounts } from "./counts.ts";
import { FairQueue } from "./fairQueue.ts";
import type { DeliveryLimits } from "./limits.ts";
import { backOff } from "./limits.ts";

/** Until a recipient that could take nothing more is tried again, ms; an acknowledgement is the sooner sign. */
const PAUSE_MS = 100;
/** Shortest time between two looks for letters whose time is over, ms. */
const SWEEP_MS = 1000;

/** What all mailboxes of a hub share. */
export interface Surroundings {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly textLog: TextLog;
  readonly limits: DeliveryLimits;
  readonly alarm: Alarm;
  readonly counts: DeliveryCounts;
}

interface Item {
  readonly seq: number;
  readonly priority: number;
  /** ms since 1970; Infinity for never. */
  readonly expiresAt: number;
  failures: number;
  /** When it should have been acknowledged; only counts while it is in flight. */
  deadline: number;
}

/** One mailbox on its way out: what waits, what is in flight, and to whom. */
export class Mailbox {
  readonly #name: string;
  readonly #around: Surroundings;
  readonly #queue = new FairQueue<Item>();
  /** In the order they were handed over. */
  readonly #inFlight = new Map<number, Item>();
  #store: Mailboxes | undefined;
  #outlet: Outlet | undefined;
  #paused = false;
  #watching = false;
  /** When the first letter in the queue expires, as far as known. */
  #expiresAt = Infinity;
  #sweepAt = Infinity;
  /** Recipients in a row that came and went without acknowledging anything. */
  #vain = 0;
  #acknowledged = false;
  #quietUntil = 0;

  constructor(name: string, around: Surroundings) {
    this.#name = name;
    this.#around = around;
  }

  get waiting(): number {
    return this.#queue.size;
  }
  get inFlight(): number {
    return this.#inFlight.size;
  }
  get attached(): boolean {
    return this.#outlet !== undefined;
  }

  /** From now on letters come from there; `waiting` are those that lie in it already. */
  open(store: Mailboxes, waiting: readonly WaitingLetter[]): void {
    this.#store = store;
    for (const letter of waiting)
      this.#enter(letter.seq, letter, letter.failures.length);
    this.#pump();
  }

  /** A letter that is on disk now. */
  push(
    seq: number,
    letter: Pick<WaitingLetter, "priority" | "expiresAt">,
  ): void {
    this.#enter(seq, letter, 0);
    this.#pump();
  }

  /** Hands letters to `outlet` from now on, in place of any other. */
  attach(outlet: Outlet): void {
    this.detach(this.#outlet);
    this.#outlet = outlet;
    this.#acknowledged = false;
    this.#paused = false;
    this.#pump();
  }

  /** What was handed to `outlet` and not acknowledged counts as a failed try and waits again; an outlet that is not attached is ignored. */
  detach(outlet: Outlet | undefined): void {
    if (outlet === undefined || this.#outlet !== outlet) return;
    this.#outlet = undefined;
    if (this.#inFlight.size === 0) return;
    const { limits, chance, clock, counts } = this.#around;
    this.#vain = this.#acknowledged ? 0 : this.#vain + 1;
    if (this.#vain > 1)
      this.#quietUntil =
        clock.now() + backOff(limits, this.#vain - 1, chance.seed());
    const items = [...this.#inFlight.values()];
    this.#inFlight.clear();
    counts.departed += items.length;
    for (const item of items)
      if (this.#failed(item, "the recipient went away")) this.#again(item);
  }

  acknowledge(seqs: readonly number[]): void {
    for (const seq of seqs) this.#inFlight.delete(seq);
    this.#around.counts.acknowledged +=
      this.#store?.settle(this.#name, seqs) ?? 0;
    this.#acknowledged = true;
    this.#paused = false;
    this.#pump();
  }

  refuse(seq: number, why: string): void {
    const item = this.#inFlight.get(seq);
    if (item === undefined) return;
    this.#inFlight.delete(seq);
    this.#around.counts.refused += 1;
    this.#acknowledged = true;
    if (this.#failed(item, `refused: ${why}`)) this.#later(item);
    this.#pump();
  }

  /** Everything that waits is gone: it was settled otherwise. */
  empty(): void {
    this.#queue.remove(() => true);
    this.#inFlight.clear();
  }

  #enter(
    seq: number,
    {
      priority,
      expiresAt = Infinity,
    }: Pick<WaitingLetter, "priority" | "expiresAt">,
    failures: number,
  ): void {
    this.#queue.push({ seq, priority, expiresAt, failures, deadline: 0 });
    this.#expireAt(expiresAt);
  }

  #pump(): void {
    const { clock, limits } = this.#around;
    const outlet = this.#outlet;
    const store = this.#store;
    if (outlet === undefined || store === undefined || this.#paused) return;
    if (this.#queue.size === 0 || this.#inFlight.size >= limits.window) return;
    const now = clock.now();
    if (now < this.#quietUntil) {
      this.#pause(this.#quietUntil);
      return;
    }
    while (this.#inFlight.size < limits.window && this.#outlet === outlet) {
      const item = this.#queue.take();
      if (item === undefined) return;
      if (item.expiresAt <= now) {
        this.#expire(item);
        continue;
      }
      const letter = this.#read(store, item);
      if (letter === undefined) continue;
      if (!this.#offer(outlet, letter, item, now)) return;
    }
  }

  /** False when the recipient took nothing. */
  #offer(outlet: Outlet, letter: Letter, item: Item, now: number): boolean {
    const { alarm, counts, limits } = this.#around;
    const attempt = item.failures + 1;
    // In flight before it is offered: the acknowledgement may come within the call.
    item.deadline = now + limits.ackMs;
    this.#inFlight.set(item.seq, item);
    if (!outlet.offer(letter, { seq: item.seq, attempt })) {
      if (this.#inFlight.delete(item.seq)) this.#again(item);
      counts.paused += 1;
      this.#pause(now + PAUSE_MS);
      return false;
    }
    if (attempt === 1) counts.delivered += 1;
    else counts.redelivered += 1;
    if (this.#watching) return true;
    this.#watching = true;
    alarm.at(item.deadline, () => {
      this.#checkDeadlines();
    });
    return true;
  }

  /** Undefined where it was settled meanwhile, and where its bytes are damaged: then it is a dead letter. */
  #read(store: Mailboxes, item: Item): Letter | undefined {
    try {
      return store.read(this.#name, item.seq);
    } catch (error) {
      const { clock, counts, textLog } = this.#around;
      textLog.error("a message could not be read", {
        mailbox: this.#name,
        seq: item.seq,
        why: String(error),
      });
      counts.died += 1;
      store.bury(
        this.#name,
        item.seq,
        "its bytes on disk are damaged",
        clock.now(),
      );
      return undefined;
    }
  }

  #pause(until: number): void {
    this.#paused = true;
    this.#around.alarm.at(until, () => {
      this.#paused = false;
      this.#pump();
    });
  }

  #checkDeadlines(): void {
    const { clock, counts, alarm } = this.#around;
    const now = clock.now();
    this.#watching = false;
    for (const item of this.#inFlight.values()) {
      if (item.deadline > now) {
        this.#watching = true;
        alarm.at(item.deadline, () => {
          this.#checkDeadlines();
        });
        break;
      }
      this.#inFlight.delete(item.seq);
      counts.timedOut += 1;
      if (this.#failed(item, "not acknowledged in time")) this.#later(item);
    }
    this.#pump();
  }

  /** Remembers a failed try; false when it was the last one and the letter is dead. */
  #failed(item: Item, why: string): boolean {
    const { clock, counts, limits, textLog } = this.#around;
    const at = clock.now();
    item.failures += 1;
    this.#store?.failed(this.#name, item.seq, { at, why });
    if (item.failures < limits.tries) return true;
    counts.died += 1;
    this.#store?.bury(this.#name, item.seq, why, at);
    textLog.warn("a message is given up", {
      mailbox: this.#name,
      seq: item.seq,
      tries: item.failures,
    });
    return false;
  }

  #later(item: Item): void {
    const { alarm, chance, clock, limits } = this.#around;
    alarm.at(
      clock.now() + backOff(limits, item.failures, chance.seed()),
      () => {
        this.#again(item);
        this.#pump();
      },
    );
  }

  #again(item: Item): void {
    this.#queue.back(item);
    this.#expireAt(item.expiresAt);
  }

  #expire(item: Item): void {
    this.#around.counts.expired +=
      this.#store?.settle(this.#name, [item.seq]) ?? 0;
  }

  /** Sees to it that a letter in the queue goes when its time is over, whoever may be attached. */
  #expireAt(at: number): void {
    if (at >= this.#expiresAt) return;
    this.#expiresAt = at;
    const { alarm, clock } = this.#around;
    const sweepAt = Math.max(at, clock.now() + SWEEP_MS);
    if (sweepAt >= this.#sweepAt) return;
    this.#sweepAt = sweepAt;
    alarm.at(sweepAt, () => {
      this.#sweep(sweepAt);
    });
  }

  #sweep(due: number): void {
    if (due !== this.#sweepAt) return;
    this.#sweepAt = Infinity;
    this.#expiresAt = Infinity;
    const now = this.#around.clock.now();
    let next = Infinity;
    const gone = this.#queue.remove(({ expiresAt }) => {
      if (expiresAt > now) next = Math.min(next, expiresAt);
      return expiresAt <= now;
    });
    for (const item of gone) this.#expire(item);
    this.#expireAt(next);
  }
}
