/** Durable delivery on mailboxes on disk and a clock that stands still, with recipients that only do what they are told. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { systemChance } from "../../../src/adapters/clock/systemChance.ts";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import type { MailboxOptions } from "../../../src/adapters/mailbox/openMailboxes.ts";
import { openMailboxes } from "../../../src/adapters/mailbox/openMailboxes.ts";
import type { DurableDelivery } from "../../../src/hub/delivery/createDelivery.ts";
import { createDelivery } from "../../../src/hub/delivery/createDelivery.ts";
import type { DeliveryLimits } from "../../../src/hub/delivery/limits.ts";
import type { Outlet, Parcel } from "../../../src/hub/messaging/parcel.ts";
import { letter } from "../../contract/mailboxes.ts";
import type { ManualClock } from "../manualClock.ts";
import { manualClock } from "../manualClock.ts";
import { SILENT } from "../table.ts";

/** One hand-over. */
export interface Got {
  readonly id: string;
  readonly seq: number;
  readonly attempt: number;
}

/** A recipient that keeps what it gets. */
export interface Recipient extends Outlet {
  readonly got: Got[];
  /** Whether it takes anything. */
  open: boolean;
  /** Ids it got since it was last asked. */
  news(): readonly string[];
}

export interface Desk {
  readonly clock: ManualClock;
  readonly delivery: DurableDelivery;
  /** Sends one to mailbox `b`; resolves once it is accepted. */
  send(id: string, header?: Partial<Parcel["header"]>): Promise<number>;
  /** Ends delivery and begins anew on the same file. */
  restart(): Promise<void>;
}

/** Sets up a desk that is taken down when the test ends. */
export function openDesk(
  t: TestContext,
  limits: Partial<DeliveryLimits> = {},
  options: Partial<MailboxOptions> = {},
): Desk {
  const dir = mkdtempSync(join(tmpdir(), "roundtable-desk-"));
  const clock = manualClock();
  const start = (): DurableDelivery =>
    createDelivery({
      // The store's own short delays are none of the test's business.
      open: () =>
        Promise.resolve(
          openMailboxes({
            file: join(dir, "m.db"),
            clock: systemClock,
            ...options,
          }),
        ),
      clock,
      chance: systemChance(clock),
      textLog: SILENT,
      limits,
    });
  let delivery = start();
  t.after(async () => {
    await delivery.dispose();
    rmSync(dir, { recursive: true });
  });
  return {
    clock,
    get delivery() {
      return delivery;
    },
    async send(id, header = {}) {
      const { seq } = await delivery.accept(letter(id, "hi", header), ["b"]);
      return seq;
    },
    async restart() {
      await delivery.dispose();
      delivery = start();
      await delivery.ready();
    },
  };
}

/** Somebody who empties a mailbox. */
export function recipient(): Recipient {
  const got: Got[] = [];
  let read = 0;
  return {
    owner: "b",
    got,
    open: true,
    offer({ header: { id } }, { seq, attempt } = { seq: 0, attempt: 0 }) {
      if (!this.open) return false;
      got.push({ id, seq, attempt });
      return true;
    },
    news() {
      const ids = got.slice(read).map(({ id }) => id);
      read = got.length;
      return ids;
    },
  };
}
