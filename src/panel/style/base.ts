import { css } from "lit";

/** Type and colours with a meaning. Every colour is one of VS Code’s; where a theme has none, the property does not apply. */
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
