/** Names of tools as the API takes them (letters, digits, `_`, `-`, at most 128), and back: tools of MCP servers have a slash in theirs. */
export interface ToolNames {
  toWire(name: string): string;
  /** The tool's own name; a name that is none of ours stays as it is. */
  fromWire(wireName: string): string;
}

/** Names for one request: the same list of tools always gives the same names. */
export function toolNames(names: readonly string[]): ToolNames {
  const wire = new Map<string, string>();
  const own = new Map<string, string>();
  for (const name of names) {
    const plain = name.replaceAll("/", "__").replace(/[^\w-]/g, "_");
    let candidate = plain.slice(0, 128);
    for (let number = 2; own.has(candidate); number += 1)
      candidate = `${plain.slice(0, 120)}_${String(number)}`;
    wire.set(name, candidate);
    own.set(candidate, name);
  }
  return {
    toWire: (name) => wire.get(name) ?? name.replace(/[^\w-]/g, "_"),
    fromWire: (wireName) => own.get(wireName) ?? wireName,
  };
}
