/** What the sample mission asks for; the rehearsal's script knows this goal and no other. */
export const SAMPLE_GOAL =
  "A coupon is taken off every line of an order instead of once. Fix the total, and show the coupon on the receipt.";

/** The question the rehearsal's script has an answer to. */
export const SAMPLE_QUESTION = "Should prices be stored as whole cents?";

/** Files of the sample repository by path: a small shop whose tests fail because a coupon is taken off once per line. Needs nothing but Node. */
export const SAMPLE_FILES: Readonly<Record<string, string>> = {
  "package.json": `{
  "name": "tea-shop",
  "version": "1.0.0",
  "private": true,
  "type": "module",
  "scripts": {
    "test": "node --test"
  }
}
`,
  "README.md": `# Tea shop

Adds up an order and prints its receipt. All amounts are whole cents.

    npm test

## Orders

An order has lines, each with a name, a price and a quantity, and may carry
one coupon with a code and an amount.
`,
  "src/money.js": `/** Whole cents as text, such as 1250 as "12.50". */
export function money(cents) {
  return (cents / 100).toFixed(2);
}
`,
  "src/order.js": `/** Sum of an order's lines before any coupon, in cents. */
export function subtotal(order) {
  return order.lines.reduce(
    (sum, line) => sum + line.price * line.quantity,
    0,
  );
}

/** What the customer pays, in cents. */
export function total(order) {
  const off = order.coupon?.amount ?? 0;
  return order.lines.reduce(
    (sum, line) => sum + line.price * line.quantity - off,
    0,
  );
}
`,
  "src/receipt.js": `import { money } from "./money.js";
import { total } from "./order.js";

/** The receipt of an order, as lines of text. */
export function receipt(order) {
  const lines = order.lines.map(
    (line) =>
      \`\${line.quantity} x \${line.name}  \${money(line.price * line.quantity)}\`,
  );
  return [...lines, \`Total  \${money(total(order))}\`];
}
`,
  "test/order.test.js": `import assert from "node:assert/strict";
import test from "node:test";
import { total } from "../src/order.js";

const order = {
  lines: [
    { name: "Assam", price: 850, quantity: 2 },
    { name: "Sencha", price: 1200, quantity: 1 },
  ],
};

test("an order costs the sum of its lines", () => {
  assert.equal(total(order), 2900);
});

test("a coupon is taken off the order once", () => {
  const coupon = { code: "SPRING", amount: 500 };
  assert.equal(total({ ...order, coupon }), 2400);
});
`,
  "test/receipt.test.js": `import assert from "node:assert/strict";
import test from "node:test";
import { receipt } from "../src/receipt.js";

test("a receipt lists the lines and the total", () => {
  const lines = [{ name: "Assam", price: 850, quantity: 2 }];
  assert.deepEqual(receipt({ lines }), ["2 x Assam  17.00", "Total  17.00"]);
});
`,
};
