import { css } from "lit";

/** The native controls in VS Code’s look. */
export const controls = css`
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
`;
