import type { App } from "../app.ts";
import { JobsShown } from "../protocol/jobs.ts";
import { newsOf } from "./peerJobs.ts";
import type { Printer } from "./print.ts";
import { harmless } from "./text.ts";

/** Longest piece of what a part came to that is shown, characters. */
const MAX_TEXT = 100;

/** Prints what happens among hubs as it happens: who is there, how jobs go. Returns the way to stop. */
export function followNetwork(app: App, printer: Printer): () => void {
  const states = new Map<string, string>();
  const said = new Set<string>();
  let looking = false;
  let again = false;

  const once = (line: string): void => {
    if (said.has(line)) return;
    said.add(line);
    printer.line(line);
  };

  const tellPeers = (): void => {
    for (const { hubId, name, state } of app.peers.shown().peers) {
      if (states.get(hubId) === state) continue;
      // Who was paired this moment is about to be connected.
      const isNew = !states.has(hubId);
      states.set(hubId, state);
      if (state === "connected" || !isNew)
        printer.line(`${harmless(name)} is ${state}.`);
    }
  };

  const tellJobs = async (): Promise<void> => {
    if (!app.peers.shown().rooms.some(({ kind }) => kind === "job")) return;
    const answer = await app.peers.ask("peers/jobs", {}, "human");
    for (const job of JobsShown.parse(answer).jobs) {
      const name = job.room.slice(-6);
      const [first = ""] = job.goal.split("\n", 1);
      once(`Job ${name}: ${first.slice(0, MAX_TEXT)}`);
      for (const line of newsOf(job)) once(`Job ${name}: ${line}`);
      if (job.done) once(`Job ${name}: done.`);
    }
  };

  const look = (): void => {
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    tellPeers();
    tellJobs()
      // What cannot be shown now is shown with the next change.
      .catch(() => undefined)
      .finally(() => {
        looking = false;
        if (!again) return;
        again = false;
        look();
      });
  };

  const stop = app.peers.onChange(look);
  look();
  return stop;
}
