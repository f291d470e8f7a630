import { LOG_PLANTS } from "./logPlants.ts";
import { MAILBOX_PLANTS } from "./mailboxPlants.ts";
import { MESSAGE_PLANTS } from "./messagePlants.ts";
import { PEERING_PLANTS } from "./peeringPlants.ts";
import type { Plant } from "./plant.ts";
import { TASK_PLANTS } from "./taskPlants.ts";

/** All planted bugs: each a mistake somebody could make, each with the tests that notice it. */
export const PLANTS: readonly Plant[] = [
  ...LOG_PLANTS,
  ...MAILBOX_PLANTS,
  ...MESSAGE_PLANTS,
  ...PEERING_PLANTS,
  ...TASK_PLANTS,
];
