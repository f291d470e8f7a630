import { isProblem } from "../../core/errors.ts";
import type { Chance, Clock, Lifetime, TextLog } from "../../ports.ts";
import type { Mailboxes, WaitingLetter } from "../../ports/mailboxes.ts";
import type { Delivery, Lasting, Parcel } from "../messaging/parcel.ts";
import { mailboxOf } from "../messaging/parcel.ts";
import { hubClosed } from "../problems.ts";
import { overloaded } from "../wireError.ts";
import { createAlarm } from "./alarm.ts";
import type { DeliveryCounts } from "./counts.ts";
import { noCounts } from "./counts.ts";
import type { DeliveryLimits } from "./limits.ts";
import { LIMITS } from "./limits.ts";
import type { Surroundings } from "./mailbox.ts";
import { Mailbox } from "./mailbox.ts";

/** What waits and what happened, for monitoring. */
export interface DeliveryStats extends DeliveryCounts {
  /** Letters that are on disk and not settled, each counted once per mailbox; those in flight included. */
  readonly waiting: number;
  readonly waitingBytes: number;
  readonly inFlight: number;
  readonly deadLetters: number;
  /** Commits of the mailboxes, each one fsync. */
  readonly commits: number;
  readonly mailboxes: readonly {
    readonly name: string;
    readonly letters: number;
    readonly bytes: number;
    readonly inFlight: number;
    readonly attached: boolean;
  }[];
}

/** Durable delivery with what the hub needs around it. */
export interface DurableDelivery extends Delivery, Lifetime {
  /** Resolves once the mailboxes are open; rejects with why not, and may then be tried again. Everything else opens them by itself. */
  ready(): Promise<void>;
  /** The mailboxes, opened. */
  mailboxes(): Promise<Mailboxes>;
  /** Puts a dead letter back into its mailbox with all its tries before it; false when there is none of that number. */
  resend(no: number): Promise<boolean>;
  stats(): DeliveryStats;
}

/** Makes durable delivery over mailboxes that are opened when first used. Disposing it does not count as recipients going away, and closes the mailboxes. */
export function createDelivery(deps: {
  readonly open: () => Promise<Mailboxes>;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly textLog: TextLog;
  readonly limits?: Partial<DeliveryLimits>;
}): DurableDelivery {
  const { clock, chance, textLog } = deps;
  const alarm = createAlarm(clock);
  const counts = noCounts();
  const limits = { ...LIMITS, ...deps.limits };
  const around: Surroundings = {
    clock,
    chance,
    textLog,
    limits,
    alarm,
    counts,
  };
  const boxes = new Map<string, Mailbox>();
  let store: Mailboxes | undefined;
  let opening: Promise<Mailboxes> | undefined;
  let disposed = false;

  function boxOf(name: string): Mailbox {
    let box = boxes.get(name);
    if (box !== undefined) return box;
    box = new Mailbox(name, around);
    boxes.set(name, box);
    if (store !== undefined) box.open(store, []);
    return box;
  }

  async function openNow(): Promise<Mailboxes> {
    const opened = await deps.open();
    const waiting = Map.groupBy(opened.waiting(), ({ mailbox }) => mailbox);
    for (const name of waiting.keys()) boxOf(name);
    store = opened;
    for (const [name, box] of boxes) box.open(opened, waiting.get(name) ?? []);
    return opened;
  }

  function opened(): Promise<Mailboxes> {
    if (disposed) return Promise.reject(hubClosed());
    opening ??= openNow().catch((error: unknown) => {
      // What could not be opened now may be able to next time.
      opening = undefined;
      throw error;
    });
    return opening;
  }

  function take(
    open: Mailboxes,
    parcel: Parcel,
    mailboxes: readonly string[],
  ): ReturnType<Delivery["accept"]> {
    const { priority, expiresAt } = parcel.header;
    if (expiresAt !== undefined && expiresAt <= clock.now()) {
      counts.expired += 1;
      return Promise.resolve({ seq: 0, duplicate: false });
    }
    return open.add(parcel, mailboxes).then(
      (stored) => {
        if (stored.duplicate) counts.duplicates += 1;
        else {
          counts.accepted += 1;
          const letter = { priority, expiresAt };
          for (const name of new Set(mailboxes))
            boxOf(name).push(stored.seq, letter);
        }
        return stored;
      },
      (error: unknown) => {
        if (!isProblem(error, "mailbox-overloaded")) throw error;
        counts.overloads += 1;
        throw overloaded("messages that wait");
      },
    );
  }

  function enter(letter: WaitingLetter): void {
    boxOf(letter.mailbox).push(letter.seq, letter);
  }

  return {
    accept(parcel, mailboxes) {
      if (store !== undefined && !disposed)
        return take(store, parcel, mailboxes);
      return opened().then((open) => take(open, parcel, mailboxes));
    },
    attach(name, outlet) {
      const box = boxOf(name);
      box.attach(outlet);
      if (store === undefined && !disposed)
        opened().catch((error: unknown) => {
          textLog.error("the mailboxes could not be opened", {
            why: String(error),
          });
        });
      return () => {
        if (!disposed) box.detach(outlet);
      };
    },
    acknowledge(name, seqs) {
      if (!disposed) boxes.get(name)?.acknowledge(seqs);
    },
    refuse(name, seq, why) {
      if (!disposed) boxes.get(name)?.refuse(seq, why);
    },
    async keep({ name, topics }) {
      await (await opened()).keep(name, topics);
    },
    async forget(name) {
      const mailbox = mailboxOf(name);
      boxes.get(mailbox)?.empty();
      await (await opened()).forget(name, mailbox);
    },
    lasting: (): readonly Lasting[] => store?.lasting() ?? [],
    ready: async () => {
      await opened();
    },
    mailboxes: opened,
    async resend(no) {
      const letter = await (await opened()).resend(no);
      if (letter !== undefined) enter(letter);
      return letter !== undefined;
    },
    stats() {
      const usage = store?.usage();
      const all = usage?.mailboxes ?? [];
      return {
        ...counts,
        waiting: usage?.letters ?? 0,
        waitingBytes: usage?.bytes ?? 0,
        inFlight: [...boxes.values()].reduce(
          (sum, box) => sum + box.inFlight,
          0,
        ),
        deadLetters: usage?.deadLetters ?? 0,
        commits: usage?.commits ?? 0,
        mailboxes: all.map(({ name, letters, bytes }) => ({
          ...{ name, letters, bytes },
          inFlight: boxes.get(name)?.inFlight ?? 0,
          attached: boxes.get(name)?.attached ?? false,
        })),
      };
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      alarm.stop();
      await (await opening?.catch(() => undefined))?.dispose();
    },
  };
}
