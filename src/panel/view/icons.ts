import { html, svg, type TemplateResult } from "lit";

/** Shapes drawn for this page, 16 × 16, in the colour of the text around them. */
const shapes = {
  check: svg`<path d="M3 8.5 6.5 12 13 4.5" />`,
  cross: svg`<path d="m4 4 8 8m0-8-8 8" />`,
  warn: svg`<path d="M8 2.2 14.5 13.5h-13zM8 6.5v3.2m0 1.7v.2" />`,
  minus: svg`<path d="M4 8h8" />`,
  plus: svg`<path d="M8 3v10M3 8h10" />`,
  chevron: svg`<path d="m4 6 4 4 4-4" />`,
  down: svg`<path d="M8 3v9.5m-4-4 4 4 4-4" />`,
  stop: svg`<rect class="solid" x="4" y="4" width="8" height="8" rx="1" />`,
  play: svg`<path class="solid" d="M5 3.2v9.6L12.6 8z" />`,
  ring: svg`<circle cx="8" cy="8" r="4.5" />`,
  dot: svg`<circle class="solid" cx="8" cy="8" r="4" />`,
  back: svg`<path class="solid" d="M12 3.5v9L6 8z" /><path d="M4.5 4v8" />`,
  replay: svg`<path d="M3.2 8a4.8 4.8 0 1 0 1.6-3.6M4.4 2v2.8h2.8" /><path class="solid" d="M7 6v4l3.2-2z" />`,
  pause: svg`<path d="M6 4v8m4-8v8" />`,
  sealed: svg`<rect x="2" y="4" width="12" height="8.5" rx="1" /><path d="m2.5 4.8 5.5 4.4 5.5-4.4" />`,
  waiting: svg`<circle class="dashed" cx="8" cy="8" r="5" />`,
  shield: svg`<path d="M8 2 13 4v4c0 3-2.2 5-5 6-2.8-1-5-3-5-6V4z" />`,
  person: svg`<circle cx="8" cy="5.2" r="2.7" /><path d="M2.8 14c.5-3 2.6-4.5 5.2-4.5s4.7 1.5 5.2 4.5" />`,
  table: svg`<circle cx="8" cy="8" r="3.4" /><circle class="solid" cx="8" cy="1.9" r="1.3" /><circle class="solid" cx="13.8" cy="6.1" r="1.3" /><circle class="solid" cx="11.6" cy="13" r="1.3" /><circle class="solid" cx="4.4" cy="13" r="1.3" /><circle class="solid" cx="2.2" cy="6.1" r="1.3" />`,
  search: svg`<circle cx="7" cy="7" r="4" /><path d="m10 10 3.5 3.5" />`,
  tool: svg`<path d="m3 4 4 4-4 4m5.5 0H13" />`,
  document: svg`<path d="M4 2h5l3 3v9H4zM9 2v3h3" />`,
} as const;

export type IconName = keyof typeof shapes;

/** A picture beside words that say the same; hidden from screen readers. */
export function icon(name: IconName, kind = ""): TemplateResult {
  return html`<svg
    class="icon ${kind}"
    viewBox="0 0 16 16"
    width="16"
    height="16"
    aria-hidden="true"
  >
    ${shapes[name]}
  </svg>`;
}
