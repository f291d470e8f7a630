/** A stretch of time for people, from ms: `340 ms`, `12.3 s`, `4 min 05 s`, `2 h 07 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${String(Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const two = (value: number): string =>
    String(Math.floor(value)).padStart(2, "0");
  const minutes = ms / 60_000;
  if (minutes < 60)
    return `${String(Math.floor(minutes))} min ${two((ms % 60_000) / 1000)} s`;
  if (minutes < 24 * 60)
    return `${String(Math.floor(minutes / 60))} h ${two(minutes % 60)} min`;
  const hours = Math.floor(minutes / 60);
  return `${String(Math.floor(hours / 24))} d ${String(hours % 24)} h`;
}
