import { describe, it } from "node:test";
import { surviveKills } from "./kills.ts";

const KILLS = 60;

describe("a writer that is killed", () => {
  it(`loses no acknowledged event in ${String(KILLS)} kills, and the next writer starts at once`, async (t) => {
    await surviveKills(t, KILLS);
  });
});
