import assert from "node:assert/strict";
import { test } from "node:test";
import { OWNER } from "../../src/hub/outside/identity.ts";
import { createToken } from "../../src/hub/token.ts";

test("a token is accepted whole, as a bearer's, and in no other spelling", () => {
  const { token, accepts } = createToken();
  assert.equal(accepts(`Bearer ${token}`), OWNER);
  assert.equal(accepts(`bearer ${token}`), OWNER);
  const other = token.startsWith("A") ? "B" : "A";
  for (const shown of [
    "",
    token,
    "Bearer ",
    `Basic ${token}`,
    `Bearer  ${token}`,
    `Bearer ${token} `,
    `Bearer ${token}A`,
    `Bearer ${token.slice(0, -1)}`,
    `Bearer ${token.slice(0, 16)}`,
    `Bearer ${token.slice(1)}`,
    `Bearer ${other}${token.slice(1)}`,
    `Bearer ${token.toLowerCase()}A`,
    `Bearer ${createToken().token}`,
  ])
    assert.equal(accepts(shown), undefined, shown);
});
