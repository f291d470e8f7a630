/** Whether a topic (`a.b.c`) is one that a pattern means: `*` stands for exactly one segment, `#` at the end for any number, none included. */
export function topicFits(pattern: string, topic: string): boolean {
  const wanted = pattern.split(".");
  const open = wanted.at(-1) === "#";
  if (open) wanted.pop();
  const given = topic.split(".");
  if (open ? given.length < wanted.length : given.length !== wanted.length)
    return false;
  return wanted.every((one, at) => one === "*" || one === given[at]);
}
