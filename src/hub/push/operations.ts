import type { Chance } from "../../ports.ts";
import type { PushConfig } from "../../protocol/a2a.ts";
import {
  CreatePushConfigRequest,
  ListPushConfigsRequest,
  PushConfigRequest,
} from "../../protocol/a2a.ts";
import type { Ask } from "../handler.ts";
import { maySee } from "../submit.ts";
import type { TaskRecord, Tasks } from "../tasks.ts";
import { isFor, isTerminal } from "../tasks.ts";
import { generationOf } from "../update.ts";
import { invalidField, parseParams, taskNotFound } from "../wireError.ts";
import type { Push } from "./push.ts";

const DEFAULT_PAGE_SIZE = 50;
const TOKEN = /^[0-9a-z]{1,12}$/;

/** The four operations on push notification configurations. All reject with wire errors: −32003 where no target is allowed. */
export interface PushOperations {
  /** Resolves once the configuration is on disk. A task that has ended tells its end once more, so that nobody who asked too late waits for ever. */
  create(ask: Ask): Promise<PushConfig>;
  get(ask: Ask): Promise<PushConfig>;
  list(ask: Ask): Promise<{
    readonly configs: readonly PushConfig[];
    readonly nextPageToken: string;
  }>;
  /** Nothing happens where there is none. */
  remove(ask: Ask): Promise<Record<string, never>>;
}

/** Makes the operations of one hub. */
export function createPushOperations(parts: {
  readonly push: Push;
  readonly tasks: Tasks;
  readonly chance: Chance;
}): PushOperations {
  const { push, tasks, chance } = parts;

  function recordOf(ask: Ask, taskId: string): TaskRecord {
    const record = tasks.get(taskId);
    if (
      record === undefined ||
      !isFor(record, ask.agentId) ||
      !maySee(ask.caller, record)
    )
      throw taskNotFound(taskId);
    return record;
  }

  return {
    async create(ask) {
      push.checkOn();
      const config = parseParams(CreatePushConfigRequest, ask.params);
      const record = recordOf(ask, config.taskId);
      await push.check(config);
      const task = tasks.task(record.id);
      const generation = task === undefined ? 1 : generationOf({ task });
      const hasEnded = isTerminal(record.state);
      const id =
        config.id === undefined || config.id === "" ? chance.id() : config.id;
      return push.keep(
        record,
        { ...config, id },
        ask.caller.name,
        hasEnded ? generation - 1 : generation,
      );
    },
    async get(ask) {
      push.checkOn();
      await push.start();
      const { taskId, id } = parseParams(PushConfigRequest, ask.params);
      recordOf(ask, taskId);
      const found = push
        .of(taskId, ask.caller.name)
        .find(({ config }) => config.id === id);
      if (found === undefined) throw taskNotFound(taskId);
      return found.config;
    },
    async list(ask) {
      push.checkOn();
      await push.start();
      const request = parseParams(ListPushConfigsRequest, ask.params);
      const { taskId, pageToken = "" } = request;
      recordOf(ask, taskId);
      if (pageToken !== "" && !TOKEN.test(pageToken))
        throw invalidField("pageToken", "is not one of this hub's");
      const after = pageToken === "" ? 0 : parseInt(pageToken, 36);
      const size = request.pageSize ?? 0;
      const rest = push
        .of(taskId, ask.caller.name)
        .filter(({ order }) => order > after);
      const page = rest.slice(0, size === 0 ? DEFAULT_PAGE_SIZE : size);
      const last = page.at(-1);
      return {
        configs: page.map(({ config }) => config),
        nextPageToken:
          last === undefined || rest.length === page.length
            ? ""
            : last.order.toString(36),
      };
    },
    async remove(ask) {
      push.checkOn();
      await push.start();
      const { taskId, id } = parseParams(PushConfigRequest, ask.params);
      recordOf(ask, taskId);
      const found = push
        .of(taskId, ask.caller.name)
        .find(({ config }) => config.id === id);
      if (found !== undefined) await push.remove(found);
      return {};
    },
  };
}
