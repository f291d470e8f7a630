/** What is exactly known of juries: the probability of every set of ballots, and closed formulas to hold a simulation against. */

/** Voters by how often each is right, and the latent correlation r of a one-factor Gaussian copula: 0 is independent. */
export interface Jury {
  readonly accuracies: readonly number[];
  readonly correlation: number;
}

/** Density of the standard normal distribution. */
function density(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/** Φ(x), to twelve places: by its power series near the middle, by its continued fraction in the tails. */
export function normalBelow(x: number): number {
  if (Math.abs(x) > 5) {
    let fraction = 0;
    for (let step = 60; step >= 1; step -= 1)
      fraction = step / (Math.abs(x) + fraction);
    const tail = density(x) / (Math.abs(x) + fraction);
    return x > 0 ? 1 - tail : tail;
  }
  let term = x;
  let sum = x;
  for (let odd = 3; odd < 200; odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 + density(x) * sum;
}

/** Φ⁻¹(p) for 0 < p < 1, by bisection. */
export function normalQuantile(p: number): number {
  let low = -9;
  let high = 9;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Steps of the quadrature over the common factor: the trapezoid rule converges faster than any power on a bell curve. */
const STEP = 0.05;
const REACH = 8;

/** A set of ballots as who was right, voter by voter, and how likely it is. */
export interface Ballots {
  readonly right: readonly boolean[];
  readonly probability: number;
}

/** All 2ⁿ sets of ballots with their probabilities: P(v) = ∫ Π q_i^v_i (1 − q_i)^(1 − v_i) φ(z) dz, q_i(z) = Φ((Φ⁻¹(p_i) − √r·z) / √(1 − r)). */
export function allBallots({ accuracies, correlation }: Jury): Ballots[] {
  const bars = accuracies.map(normalQuantile);
  const sets = Array.from({ length: 2 ** accuracies.length }, (_, code) =>
    accuracies.map((_accuracy, voter) => ((code >> voter) & 1) === 1),
  );
  const sums = sets.map(() => 0);
  for (let z = -REACH; z <= REACH + STEP / 2; z += STEP) {
    const right = bars.map((bar) =>
      normalBelow(
        (bar - Math.sqrt(correlation) * z) / Math.sqrt(1 - correlation),
      ),
    );
    const weight = density(z) * STEP;
    for (const [index, set] of sets.entries()) {
      let product = weight;
      for (const [voter, is] of set.entries()) {
        const q = right[voter] ?? 0;
        product *= is ? q : 1 - q;
      }
      sums[index] = (sums[index] ?? 0) + product;
    }
  }
  return sets.map((right, index) => ({
    right,
    probability: sums[index] ?? 0,
  }));
}

/** How often a rule is right: its score above 0 where who was right votes for; a tie is right half of the time. */
export function accuracyOf(
  ballots: readonly Ballots[],
  score: (right: readonly boolean[]) => number,
): number {
  return ballots.reduce((sum, { right, probability }) => {
    const value = score(right);
    return sum + probability * (value > 0 ? 1 : value === 0 ? 0.5 : 0);
  }, 0);
}

/** The score of a simple majority. */
export function majority(right: readonly boolean[]): number {
  return right.reduce((sum, is) => sum + (is ? 1 : -1), 0);
}

/** The best any rule can do that sees the ballots and knows everything else: Σ ½ max(P(v | good), P(v | bad)). */
export function ceilingOf(ballots: readonly Ballots[]): number {
  return ballots.reduce((sum, { probability }, code) => {
    const mirrored = ballots[ballots.length - 1 - code]?.probability ?? 0;
    return sum + Math.max(probability, mirrored) / 2;
  }, 0);
}

/** Majority of `size` independent voters: Σ_{k > n/2} C(n, k) p^k (1 − p)^(n − k), for odd n. */
export function independentMajority(size: number, p: number): number {
  let sum = 0;
  for (let k = (size + 1) / 2; k <= size; k += 1)
    sum += choose(size, k) * p ** k * (1 - p) ** (size - k);
  return sum;
}

/** Majority of exchangeable voters with pairwise correlation ρ > 0: beta-binomial with a = p(1 − ρ)/ρ, b = (1 − p)(1 − ρ)/ρ. */
export function exchangeableMajority(
  size: number,
  p: number,
  rho: number,
): number {
  const a = (p * (1 - rho)) / rho;
  const b = ((1 - p) * (1 - rho)) / rho;
  let sum = 0;
  for (let right = (size + 1) / 2; right <= size; right += 1) {
    // B(k + a, n − k + b) / B(a, b), as a product.
    let ratio = choose(size, right);
    for (let k = 0; k < right; k += 1) ratio *= (a + k) / (a + b + k);
    for (let k = 0; k < size - right; k += 1)
      ratio *= (b + k) / (a + b + right + k);
    sum += ratio;
  }
  return sum;
}

function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i += 1) result = (result * (n - k + i)) / i;
  return result;
}
