/** Scripts of a package.json that check it, in the order they are worth running. */
const SCRIPTS = ["typecheck", "lint", "test"] as const;

/** Commands that check a project, as argument vectors, found from its files alone; empty when nothing is recognised. */
export async function findChecks(
  files: readonly string[],
  read: (path: string) => Promise<string | undefined>,
): Promise<readonly (readonly string[])[]> {
  const has = (name: string): boolean => files.includes(name);
  if (has("package.json")) return packageChecks(await read("package.json"));
  if (has("Cargo.toml")) return [["cargo", "test", "--quiet"]];
  if (has("go.mod")) return [["go", "test", "./..."]];
  if (has("pytest.ini") || has("conftest.py") || has("tests/conftest.py"))
    return [["python3", "-m", "pytest", "-q"]];
  if (has("Makefile") && /^test:/m.test((await read("Makefile")) ?? ""))
    return [["make", "test"]];
  return [];
}

function packageChecks(
  text: string | undefined,
): readonly (readonly string[])[] {
  const scripts = scriptsOf(text);
  return SCRIPTS.filter((name) => {
    const script = scripts[name];
    return typeof script === "string" && !isPlaceholder(script);
  }).map((name) => ["npm", "run", "--silent", name]);
}

/** Scripts that only print something check nothing: npm's own, and pointers to where the tests are. */
function isPlaceholder(script: string): boolean {
  return /no test specified/.test(script) || /^\s*echo\b[^&|;]*$/.test(script);
}

function scriptsOf(
  text: string | undefined,
): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text ?? "{}");
    if (parsed !== null && typeof parsed === "object" && "scripts" in parsed)
      return Object(parsed.scripts) as Record<string, unknown>;
  } catch {
    // A package.json that does not parse names no checks; the developer's change will show that soon enough.
  }
  return {};
}
