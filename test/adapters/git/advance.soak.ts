import { it } from "node:test";
import { surviveKills } from "./merging.ts";

const EVERY_MS = 20;

it("a merge killed at many moments is finished by the next call", async () => {
  await surviveKills(Array.from({ length: 30 }, (_, n) => (n + 1) * EVERY_MS));
});
