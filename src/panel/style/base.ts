import { css } from "lit";

/** Type, colours with a meaning, and the native controls. Every colour is one of VS Code's; where a theme has none, the property does not apply. */
export const base = css`
  :root {
    --good: var(--vscode-charts-green);
    --bad: var(--vscode-editorError-foreground);
    --warn: var(--vscode-editorWarning-foreground);
    --busy: var(--vscode-charts-blue);
    --faint: var(--vscode-descriptionForeground);
    --line: var(--vscode-widget-border);
    --mono: var(--vscode-editor-font-family), monospace;
    --small: 0.92em;
    --tiny: 0.85em;
  }
  html,
  body {
    height: 100%;
    margin: 0;
    padding: 0;
    overflow: hidden;
  }
  body {
    color: var(--vscode-foreground);
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size);
    line-height: 1.45;
  }
  * {
    box-sizing: border-box;
  }
  #page {
    display: flex;
    flex-direction: column;
    height: 100%;
  }
  h1,
  h2,
  h3,
  h4,
  h5,
  h6,
  p,
  ul,
  ol,
  figure,
  blockquote,
  pre {
    margin: 0;
    padding: 0;
  }
  h1 {
    font-size: 1.4em;
    font-weight: 600;
    line-height: 1.25;
  }
  h2,
  h3,
  h4,
  h5,
  h6 {
    font-size: 1em;
    font-weight: 600;
    line-height: 1.35;
  }
  ul,
  ol {
    list-style: none;
  }
  hr {
    width: 100%;
    margin: 4px 0;
    border: 0;
    border-top: 1px solid var(--line);
  }
  code,
  pre {
    font-family: var(--mono);
    font-size: var(--small);
  }
  code {
    padding: 0 3px;
    border-radius: 3px;
    color: var(--vscode-textPreformat-foreground);
    background: var(--vscode-textPreformat-background);
    overflow-wrap: anywhere;
  }
  pre {
    max-height: 240px;
    overflow: auto;
    padding: 6px 8px;
    border: 1px solid var(--line);
    border-radius: 4px;
    background: var(--vscode-editor-background);
    white-space: pre;
    tab-size: 2;
  }
  pre code {
    padding: 0;
    color: inherit;
    background: none;
  }
  a,
  .link {
    color: var(--vscode-textLink-foreground);
  }
  a:hover,
  .link:hover {
    color: var(--vscode-textLink-activeForeground);
    text-decoration: underline;
  }
  .icon {
    flex: none;
    width: 16px;
    height: 16px;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.4;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .icon .solid {
    fill: currentColor;
    stroke: none;
  }
  .icon .dashed {
    stroke-dasharray: 2.2 2.2;
  }
  .good {
    color: var(--good);
  }
  .bad {
    color: var(--bad);
  }
  .warn {
    color: var(--warn);
  }
  .busy {
    color: var(--busy);
  }
  .sub {
    color: var(--faint);
    font-size: var(--small);
    font-weight: normal;
  }
  .vh {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .empty {
    padding: 24px 16px;
    color: var(--faint);
    text-align: center;
  }

  button,
  input,
  select,
  textarea {
    font: inherit;
  }
  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 4px;
    min-height: 26px;
    padding: 2px 10px;
    border: 1px solid transparent;
    border-radius: 4px;
    color: inherit;
    background: none;
    cursor: pointer;
  }
  button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  button.primary {
    border-color: var(--vscode-button-border);
    color: var(--vscode-button-foreground);
    background: var(--vscode-button-background);
  }
  button.primary:enabled:hover {
    background: var(--vscode-button-hoverBackground);
  }
  button.secondary {
    border-color: var(--vscode-button-secondaryBorder);
    color: var(--vscode-button-secondaryForeground);
    background: var(--vscode-button-secondaryBackground);
  }
  button.secondary:enabled:hover {
    background: var(--vscode-button-secondaryHoverBackground);
  }
  button.link {
    display: inline;
    min-height: 0;
    padding: 0;
    border: 0;
    border-radius: 2px;
    text-align: start;
    overflow-wrap: anywhere;
  }
  button.quiet {
    padding: 2px 6px;
  }
  button.quiet:enabled:hover,
  button.switch:hover {
    background: var(--vscode-toolbar-hoverBackground);
    outline: 1px dashed var(--vscode-contrastActiveBorder);
  }
  input,
  select,
  textarea {
    min-height: 26px;
    padding: 2px 6px;
    border: 1px solid var(--vscode-input-border);
    border-radius: 4px;
    color: var(--vscode-input-foreground);
    background: var(--vscode-input-background);
  }
  select {
    border-color: var(--vscode-dropdown-border);
    color: var(--vscode-dropdown-foreground);
    background: var(--vscode-dropdown-background);
  }
  ::placeholder {
    color: var(--vscode-input-placeholderForeground);
  }
  textarea {
    display: block;
    width: 100%;
    resize: vertical;
  }
  textarea[aria-invalid="true"] {
    border-color: var(--vscode-inputValidation-errorBorder);
  }
  :focus-visible {
    outline: 1px solid var(--vscode-focusBorder) !important;
    outline-offset: -1px;
  }
  button.primary:focus-visible,
  button.link:focus-visible,
  a:focus-visible {
    outline-offset: 2px !important;
  }

  summary {
    display: flex;
    align-items: center;
    gap: 4px;
    list-style: none;
    border-radius: 3px;
    cursor: pointer;
  }
  summary::-webkit-details-marker {
    display: none;
  }
  summary > .twist {
    width: 12px;
    height: 12px;
    margin-inline: -2px 0;
    color: var(--faint);
    transform: rotate(-90deg);
  }
  details[open] > summary > .twist {
    transform: none;
  }
  summary:hover > .twist {
    color: inherit;
  }

  @media (prefers-reduced-motion: no-preference) {
    .rail .now .knot::after {
      animation: pulse 2s ease-out infinite;
    }
    @keyframes pulse {
      from {
        opacity: 0.7;
        transform: scale(0.7);
      }
      to {
        opacity: 0;
        transform: scale(1.35);
      }
    }
  }
  @media (forced-colors: active) {
    .icon {
      forced-color-adjust: auto;
    }
    .fill {
      fill: Highlight;
    }
    .track {
      fill: GrayText;
    }
  }
`;
