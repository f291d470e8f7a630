import { existsSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../adapters/clock/systemClock.ts";
import { openGit } from "../adapters/git/openGit.ts";
import { openMailboxes } from "../adapters/mailbox/openMailboxes.ts";
import { callHub, type Discovered } from "../app.ts";
import { RoundtableError } from "../core/errors.ts";
import {
  DeadLetterFull,
  type DeadLetterLine,
  DeadLettersPage,
} from "../protocol/deadLetters.ts";
import { storageFor, treesHome } from "./places.ts";
import { findRunning, type HubChoice } from "./runningHub.ts";
import { stderrLog } from "./stderrLog.ts";

/** Dead letters of a hub that runs, or of the store of one that does not. Numbers that are none reject. */
export interface DeadLetterSource {
  page(
    after: number,
    mailbox: string | undefined,
  ): Promise<readonly DeadLetterLine[]>;
  get(no: number): Promise<DeadLetterFull>;
  resend(no: number): Promise<void>;
  drop(no: number): Promise<void>;
  dispose(): Promise<void>;
}

const PAGE = 100;

/** Finds the running hub of the choice, or opens the mailboxes its repository has on disk. */
export async function deadLetterSource(
  choice: HubChoice,
): Promise<DeadLetterSource> {
  const hub = await findRunning(choice);
  return hub === undefined ? storedSource(choice) : runningSource(hub);
}

function runningSource(hub: Discovered): DeadLetterSource {
  return {
    async page(after, mailbox) {
      const query = {
        after,
        limit: PAGE,
        ...(mailbox !== undefined && { mailbox }),
      };
      const answer = await callHub(hub, "deadLetters/list", query);
      return DeadLettersPage.parse(answer).deadLetters;
    },
    get: async (no) =>
      DeadLetterFull.parse(await callHub(hub, "deadLetters/get", { no })),
    async resend(no) {
      await callHub(hub, "deadLetters/resend", { no });
    },
    async drop(no) {
      await callHub(hub, "deadLetters/drop", { no });
    },
    dispose: () => Promise.resolve(),
  };
}

async function storedSource({ repo }: HubChoice): Promise<DeadLetterSource> {
  const { root } = await openGit({
    home: treesHome(),
    textLog: stderrLog(false),
  }).inspect(repo);
  const file = join(storageFor(root), "mailbox.db");
  if (!existsSync(file)) return nothingStored();
  const store = openMailboxes({ file, clock: systemClock });
  return {
    page: (after, mailbox) =>
      Promise.resolve(
        store
          .deadLetters({ after, mailbox, limit: PAGE })
          .map((line) => ({ ...line, failures: [...line.failures] })),
      ),
    get(no) {
      const found = store.deadLetter(no);
      if (found === undefined) return Promise.reject(unknownNumber(no));
      const { payload, failures, ...line } = found;
      return Promise.resolve({
        ...line,
        failures: [...failures],
        payload: payload.toString("utf8"),
      });
    },
    async resend(no) {
      if ((await store.resend(no)) === undefined) throw unknownNumber(no);
    },
    async drop(no) {
      if (!(await store.drop(no))) throw unknownNumber(no);
    },
    dispose: () => store.dispose(),
  };
}

function nothingStored(): DeadLetterSource {
  const none = (no: number): Promise<never> =>
    Promise.reject(unknownNumber(no));
  return {
    page: () => Promise.resolve([]),
    get: none,
    resend: none,
    drop: none,
    dispose: () => Promise.resolve(),
  };
}

function unknownNumber(no: number): RoundtableError {
  return new RoundtableError(
    "bad-intent",
    `There is no dead letter ${String(no)}.`,
    "Nothing was changed; `roundtable dead-letters` lists them.",
  );
}
