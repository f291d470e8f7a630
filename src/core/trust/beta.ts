/** The Beta distribution, as far as trust needs it. */

/** Share of the mass that lies below a lower bound. */
const LOW = 0.05;

/** The 5 % quantile of Beta(a, b), per mille and rounded down; `a` and `b` above 0. Privileges go by this, so that a short record earns few. */
export function lowQuantile(a: number, b: number): number {
  let low = 0;
  let high = 1000;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (massBelow(middle / 1000, a, b) <= LOW + 1e-9) low = middle;
    else high = middle;
  }
  return low;
}

/** The regularised incomplete beta function I_x(a, b), by its continued fraction (Abramowitz and Stegun 26.5.8) and Lentz's method. */
export function massBelow(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on this side of the mean only; the other side is its mirror.
  return x > (a + 1) / (a + b + 2)
    ? 1 - partBelow(1 - x, b, a)
    : partBelow(x, a, b);
}

const TINY = 1e-300;
const STEPS = 300;

function partBelow(x: number, a: number, b: number): number {
  const front = Math.exp(
    a * Math.log(x) +
      b * Math.log(1 - x) -
      (logGamma(a) + logGamma(b) - logGamma(a + b)),
  );
  const away = (value: number): number =>
    Math.abs(value) < TINY ? TINY : value;
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= STEPS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-12) break;
  }
  return (front * fraction) / a;
}

/** ln Γ(x) for x > 0 by Stirling's series, shifted up to where it is exact to twelve places. */
function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < 12; y += 1) shift += Math.log(y);
  const z = 1 / (y * y);
  const series = (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z / 1680))) / y;
  return (
    (y - 0.5) * Math.log(y) - y + Math.log(2 * Math.PI) / 2 + series - shift
  );
}
