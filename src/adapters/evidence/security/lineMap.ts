/** Gives, for a line of the old version, the line of the new one where it is now or, when it is gone, where it stood. Lines are 1-based; the answer is at least 1. */
export function lineMap(
  removed: ReadonlySet<number>,
  added: ReadonlySet<number>,
): (oldLine: number) => number {
  return (oldLine) => {
    let kept = 0;
    for (let line = 1; line < oldLine; line += 1)
      if (!removed.has(line)) kept += 1;
    // Behind as many kept lines as stood before it, and behind what was added right there when the line itself was kept.
    let line = 1;
    for (; kept > 0; line += 1) if (!added.has(line)) kept -= 1;
    if (!removed.has(oldLine)) while (added.has(line)) line += 1;
    return line;
  };
}
