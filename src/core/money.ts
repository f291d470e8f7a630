/** US dollars for people, from micro-dollars: two decimals from ten cents up, else four; nothing spent is "$0.00". */
export function dollars(microUsd: number): string {
  const usd = microUsd / 1_000_000;
  if (usd === 0) return "$0.00";
  return `$${usd.toFixed(usd >= 0.1 ? 2 : 4)}`;
}
