import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Identity } from "./outside/identity.ts";
import { OWNER } from "./outside/identity.ts";

/** Scheme and token of an `Authorization` header, e.g. `Bearer abc`. */
const BEARER = /^Bearer ([A-Za-z0-9_-]{16,128})$/i;

/** SHA-256 of a token: what is kept of it. */
export function digestOf(token: string): Buffer {
  return createHash("sha256").update(token, "utf8").digest();
}

/** The token of an `Authorization` header; empty when it carries none. */
export function tokenIn(authorization: string): string {
  return BEARER.exec(authorization)?.[1] ?? "";
}

/** A secret of one start of the hub: `token` for the discovery file, `accepts` for the gate, which keeps only its digest. */
export interface Token {
  readonly token: string;
  /** The owner, for an `Authorization` header that carries the token; takes the same time for every wrong one. */
  readonly accepts: (authorization: string) => Identity | undefined;
}

/** Makes a token of 32 random bytes, base64url. */
export function createToken(): Token {
  const token = randomBytes(32).toString("base64url");
  const digest = digestOf(token);
  return {
    token,
    accepts(authorization) {
      const presented = digestOf(tokenIn(authorization));
      return timingSafeEqual(presented, digest) ? OWNER : undefined;
    },
  };
}
