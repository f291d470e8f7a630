const MARK = "«redacted»";

/** Shapes of secrets, most specific first. A `keep` group before the secret stays readable. */
const SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g,
  // Anthropic, OpenAI and the many that copied the prefix; Stripe.
  /\bsk-[A-Za-z0-9_-]{16,}/g,
  /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/g,
  // GitHub, GitLab, npm, PyPI, Slack, Hugging Face.
  /\b(?:gh[opsur]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/g,
  /\bglpat-[A-Za-z0-9_-]{16,}/g,
  /\bnpm_[A-Za-z0-9]{20,}/g,
  /\bpypi-[A-Za-z0-9_-]{20,}/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /\bhf_[A-Za-z0-9]{20,}/g,
  // AWS access key ids, Google API keys.
  /\b(?:AKIA|ASIA|AGPA|AROA|AIDA)[A-Z0-9]{16}\b/g,
  /\bAIza[A-Za-z0-9_-]{35}/g,
  // JSON Web Tokens.
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  // Authorization headers, user:password@ in URLs.
  /(?<keep>\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}/gi,
  /(?<keep>\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/gi,
  // password=…, "apiKey": "…", _authToken=…
  /(?<keep>\b[\w.-]*(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)[\w.-]*["']?\s*[:=]\s*["']?)(?!«)[^\s"',;&]{6,}/gi,
];

/** The text with everything that looks like a secret replaced by «redacted»; the rest unchanged. Redacting twice changes nothing more. */
export function redact(text: string): string {
  return SHAPES.reduce(
    (clean, shape) =>
      clean.replace(shape, (...match: readonly unknown[]) => {
        const groups = match.at(-1);
        const keep =
          typeof groups === "object" && groups !== null && "keep" in groups
            ? String(groups.keep)
            : "";
        return keep + MARK;
      }),
    text,
  );
}
