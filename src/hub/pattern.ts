/** True when the whole text fits a pattern in which `*` stands for any characters and everything else for itself. Takes time in proportion to pattern × text. */
export function matches(pattern: string, text: string): boolean {
  let at = 0;
  let place = 0;
  let star = -1;
  let retry = 0;
  while (at < text.length) {
    if (place < pattern.length && pattern[place] === "*") {
      star = place;
      retry = at;
      place += 1;
    } else if (place < pattern.length && pattern[place] === text[at]) {
      place += 1;
      at += 1;
    } else if (star >= 0) {
      // The last star takes one character more.
      place = star + 1;
      retry += 1;
      at = retry;
    } else return false;
  }
  while (pattern[place] === "*") place += 1;
  return place === pattern.length;
}
