import { describe, it } from "node:test";
import { surviveKills } from "./kills.ts";

const KILLS = 10;

describe("durable delivery that is killed", () => {
  it(`loses no acknowledged message in ${String(KILLS)} kills, and delivers what was not acknowledged again under its place`, async (t) => {
    await surviveKills(t, KILLS);
  });
});
