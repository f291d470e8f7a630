import { memoryLog } from "../fakes/memoryLog.ts";
import { eventLogContract } from "./eventLog.ts";

eventLogContract("in memory", 1_000_000, () =>
  Promise.resolve(memoryLog({ now: () => 1_000_000 })),
);
