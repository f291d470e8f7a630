import assert from "node:assert/strict";
import { test } from "node:test";
import { redact } from "../../src/core/redact.ts";

const secrets = {
  "an Anthropic key": "sk-ant-api03-" + "a1B2".repeat(10),
  "a GitHub token": "ghp_" + "x9Y8".repeat(9),
  "a fine-grained GitHub token": "github_pat_" + "11ABCDEF".repeat(5),
  "an npm token": "npm_" + "q1W2".repeat(9),
  "an AWS access key id": "AKIA" + "ABCDEFGH12345678",
  "a Slack token": "xoxb-" + "1234567890-abcdef",
  "a JSON Web Token":
    "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
};

for (const [what, secret] of Object.entries(secrets))
  test(`${what} is taken out of the text around it`, () => {
    const clean = redact(`before ${secret} after`);
    assert.equal(clean, "before «redacted» after");
  });

test("a private key block goes as a whole, a cut-off one to the end", () => {
  const block =
    "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\ndef\n-----END OPENSSH PRIVATE KEY-----";
  assert.equal(redact(`a\n${block}\nb`), "a\n«redacted»\nb");
  assert.equal(
    redact("a\n-----BEGIN RSA PRIVATE KEY-----\nabc"),
    "a\n«redacted»",
  );
});

test("what a secret is for stays readable", () => {
  assert.equal(
    redact("Authorization: Bearer abcdefgh12345678"),
    "Authorization: Bearer «redacted»",
  );
  assert.equal(redact("password=hunter2hunter2"), "password=«redacted»");
  assert.equal(
    redact('{"apiKey": "abcdef123456"}'),
    '{"apiKey": "«redacted»"}',
  );
  assert.equal(
    redact("postgres://me:letmein99@db/x"),
    "postgres://me:«redacted»@db/x",
  );
});

test("ordinary text and code stay as they are", () => {
  for (const text of [
    "The token bucket refills each second.",
    "const password = ask();".slice(0, 16),
    "git commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "a task-list with ask-me-anything-and-more-words",
  ])
    assert.equal(redact(text), text);
});

test("redacting twice changes nothing more", () => {
  const once = redact(
    `token: ${secrets["a GitHub token"]} and secret=abcdefghijk`,
  );
  assert.equal(redact(once), once);
});
