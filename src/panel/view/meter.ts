import { html, svg, type TemplateResult } from "lit";
import { logits } from "../format.ts";
import { t } from "../text.ts";

/** Width of the scale in drawing units; the middle is a score of 0. */
const WIDTH = 200;

/** A score between the bars that decide: left of −bar blocks, right of +bar approves. Both are milli-logits. */
export function scoreMeter(score: number, bar: number): TemplateResult {
  const reach = Math.max(Math.abs(score), bar * 1.6, 1);
  const x = (value: number) => WIDTH / 2 + (value / reach) * (WIDTH / 2 - 2);
  const text = t("meter.text", logits(score), logits(bar).slice(1));
  const tone = score >= bar ? "good" : score <= -bar ? "bad" : "warn";
  const from = Math.min(x(0), x(score));
  return html`<figure class="meter">
    <svg
      viewBox="0 0 ${WIDTH} 12"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      ${svg`<rect class="track" x="0" y="4" width=${WIDTH} height="4" rx="2" />
        <rect class="fill ${tone}" x=${from} y="4" width=${Math.max(2, Math.abs(x(score) - x(0)))} height="4" />
        <path class="bar" d="M${x(-bar)} 0v12M${x(bar)} 0v12" />
        <path class="zero" d="M${x(0)} 2v8" />`}
    </svg>
    <figcaption>${text}</figcaption>
  </figure>`;
}

/** A share of a whole, drawn; the words beside it say the same. `reserved` is drawn lighter, behind. */
export function shareMeter(
  used: number,
  reserved: number,
  whole: number,
): TemplateResult {
  const x = (value: number) =>
    whole <= 0 ? 0 : Math.min(1, value / whole) * WIDTH;
  return html`<svg
    class="share"
    viewBox="0 0 ${WIDTH} 4"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    ${svg`<rect class="track" width=${WIDTH} height="4" />
      <rect class="fill held" width=${x(used + reserved)} height="4" />
      <rect class="fill" width=${x(used)} height="4" />`}
  </svg>`;
}
