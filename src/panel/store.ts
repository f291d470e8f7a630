import type { MissionDetail, ToPage } from "../protocol/panel.ts";
import { announcement } from "./announcement.ts";
import { joinOlder, joinTail } from "./said.ts";
import { watchPath } from "./path.ts";
import type { Host } from "./host.ts";
import type { Act, Page } from "./page.ts";
import { createPlayer } from "./player.ts";
import type { Remembered } from "./remembered.ts";

/** The page's state and what changes it. */
export interface Store {
  readonly page: () => Page;
  readonly act: Act;
  readonly receive: (message: ToPage) => void;
}

/** Characters of an agent's unfinished message that are kept; only its last line is shown. */
const TYPING_KEPT = 400;

/** Holds the page's state; `changed` is called after every change. */
export function createStore(host: Host, changed: () => void): Store {
  let page: Page = {
    snapshot: null,
    remembered: host.recall(),
    said: [],
    loadingOlder: false,
    typing: new Map(),
    pending: new Set(),
    failed: null,
    reasonMissing: null,
    announcement: "",
    path: null,
    playing: false,
    seeking: null,
    cursor: null,
  };

  const set = (change: Partial<Page>): void => {
    page = { ...page, ...change };
    changed();
    way.look();
  };
  const remember = (change: Partial<Remembered>): void => {
    const remembered = { ...page.remembered, ...change };
    host.remember(remembered);
    set({ remembered });
  };

  const player = createPlayer(
    () => page,
    (message) => {
      host.post(message);
    },
    set,
  );

  const way = watchPath(
    () => page,
    (message) => {
      host.post(message);
    },
    (change) => {
      set(change);
    },
  );

  const receive = (message: ToPage): void => {
    switch (message.type) {
      case "snapshot":
        show(message.snapshot);
        break;
      case "older":
        if (message.missionId === page.snapshot?.open?.missionId)
          set({
            said: joinOlder(page.said, message.items),
            loadingOlder: false,
          });
        break;
      case "typing":
        if (message.missionId === page.snapshot?.open?.missionId) {
          const sofar = page.typing.get(message.agentId) ?? "";
          set({
            typing: new Map(page.typing).set(
              message.agentId,
              (sofar + message.delta).slice(-TYPING_KEPT),
            ),
          });
        }
        break;
      case "path":
        way.take(message);
        break;
      case "failed": {
        const at = [...page.pending].at(-1) ?? null;
        const { problem } = message;
        set({
          failed: { problem, at },
          pending: new Set(),
          loadingOlder: false,
        });
        break;
      }
    }
  };

  const show = (snapshot: NonNullable<Page["snapshot"]>): void => {
    const { open } = snapshot;
    const before = page.snapshot?.open ?? null;
    const same = open !== null && open.missionId === before?.missionId;
    const pending = new Set(
      [...page.pending].filter((name) => isPending(name, snapshot)),
    );
    const failed =
      page.failed?.at == null || isPending(page.failed.at, snapshot)
        ? page.failed
        : null;
    const said = joinTail(same ? page.said : [], open?.said.items ?? []);
    const typing = same ? stillTyping(page, open) : new Map<string, string>();
    const { missionId } = page.remembered;
    const first = page.snapshot === null;
    const news = announcement(page.snapshot, snapshot);
    const replaying = player.follow(snapshot, first);
    set({
      snapshot,
      ...replaying,
      pending,
      failed,
      said,
      typing,
      ...(same ? {} : { cursor: null, loadingOlder: false }),
      ...(news === "" ? {} : { announcement: news }),
    });
    if (open !== null && open.missionId !== missionId)
      remember({
        missionId: open.missionId,
        at: null,
        search: "",
        group: "all",
        who: "",
      });
    // Hidden pages are thrown away: the first snapshot after that may show no mission although one was open here.
    if (
      first &&
      open === null &&
      snapshot.missions.some((mission) => mission.missionId === missionId)
    )
      host.post({ type: "open", missionId });
  };

  const act: Act = {
    post: (message) => {
      if (message.type === "open" && message.missionId === null)
        remember({ missionId: null });
      host.post(message);
    },
    ask: (name, intent) => {
      if (page.pending.has(name)) return;
      set({
        pending: new Set(page.pending).add(name),
        failed: null,
        reasonMissing: null,
      });
      host.post({ type: "intent", intent });
    },
    remember,
    draft: (decisionId, draft) => {
      const { [decisionId]: _, ...others } = page.remembered.drafts;
      remember({
        drafts: draft === null ? others : { ...others, [decisionId]: draft },
      });
    },
    toggle: (name) => {
      const { toggled } = page.remembered;
      remember({
        toggled: toggled.includes(name)
          ? toggled.filter((other) => other !== name)
          : [...toggled, name].slice(-200),
      });
    },
    older: () => {
      const missionId = page.snapshot?.open?.missionId;
      const before = page.said[0]?.seq;
      if (missionId === undefined || before === undefined || page.loadingOlder)
        return;
      set({ loadingOlder: true });
      host.post({ type: "older", missionId, before });
    },
    moveTo: (seq) => {
      set({ cursor: seq });
    },
    replay: player,
    missReason: (decisionId) => {
      set({ reasonMissing: decisionId });
    },
    dismiss: () => {
      set({ failed: null });
    },
  };
  return { page: () => page, act, receive };
}

/** Names of what can be pending, so that views and store agree. */
export const asked = {
  ruling: (decisionId: string) => `rule:${decisionId}`,
  permission: (permissionId: string) => `permit:${permissionId}`,
  finding: (findingId: string) => `finding:${findingId}`,
  /** `answers` is how many there are already: the next one ends the wait. */
  why: (findingId: string, answers: number) =>
    `why:${findingId}:${String(answers)}`,
  stop: (missionId: string) => `stop:${missionId}`,
  resume: (missionId: string) => `resume:${missionId}`,
  release: "release",
} as const;

/** A request is pending until the snapshot shows its effect, whatever else happens in between. */
function isPending(name: string, snapshot: NonNullable<Page["snapshot"]>) {
  const { open } = snapshot;
  if (name === asked.release) return snapshot.stopped;
  return (
    open !== null &&
    (open.decisions.some(
      (card) => card.asks !== null && name === asked.ruling(card.decisionId),
    ) ||
      open.findings.some(
        ({ findingId, state, explanations }) =>
          (state.kind === "open" && name === asked.finding(findingId)) ||
          name === asked.why(findingId, explanations.length),
      ) ||
      open.permissions.some(
        (card) => name === asked.permission(card.permissionId),
      ) ||
      (open.status !== "closed" && name === asked.stop(open.missionId)) ||
      (open.status === "stalled" && name === asked.resume(open.missionId)))
  );
}

/** What agents are writing, without those who have said it by now or have stopped working. */
function stillTyping(page: Page, open: MissionDetail): Page["typing"] {
  const last = page.said.at(-1)?.seq ?? 0;
  return new Map(
    [...page.typing].filter(
      ([agentId]) =>
        open.agents.some(
          (agent) => agent.agentId === agentId && agent.state === "working",
        ) &&
        !open.said.items.some(
          (line) =>
            line.seq > last && line.from === agentId && line.kind !== "tool",
        ),
    ),
  );
}
