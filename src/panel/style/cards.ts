import { css } from "lit";

/** Cards, the ones that ask, and their buttons. */
export const cards = css`
  .needs {
    display: flex;
    flex: 0 1 auto;
    flex-direction: column;
    min-height: 0;
    max-height: 66%;
    padding: 8px 12px 4px;
  }
  .needs > h2 {
    display: flex;
    flex: none;
    align-items: center;
    gap: 6px;
    margin-bottom: 6px;
  }
  .needs > h2 .icon {
    color: var(--warn);
  }
  .queue {
    display: flex;
    flex-direction: column;
    gap: 8px;
    min-height: 0;
    overflow: auto;
  }

  .card {
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--vscode-editor-background);
    overflow-wrap: anywhere;
  }
  .part > .card,
  .card .scroll {
    padding: 10px 12px;
  }
  .part > .card + .card {
    margin-top: 8px;
  }
  .card h3 {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 6px;
  }
  .card h3 .icon {
    align-self: center;
  }
  .card h4 {
    display: flex;
    align-items: center;
    gap: 6px;
    margin: 10px 0 2px;
    color: var(--faint);
    font-size: var(--tiny);
    letter-spacing: 0.03em;
  }
  .card.asked {
    display: flex;
    flex-direction: column;
    min-height: 0;
  }
  .queue > .card:only-child {
    flex: 0 1 auto;
  }
  .queue > .card:not(:only-child) {
    flex: none;
  }
  .queue > .card:only-child .scroll {
    overflow: auto;
  }
  .ruling {
    flex: none;
    padding: 8px 12px;
    border-top: 1px solid var(--line);
  }
  .ruling .trouble {
    margin-bottom: 8px;
  }
  .ruling label {
    display: block;
    margin-bottom: 4px;
  }
  .ruling textarea {
    margin-bottom: 6px;
  }
  .missing {
    margin-bottom: 6px;
    color: var(--vscode-errorForeground);
  }
  .card .facts {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 10px;
    margin-top: 2px;
    color: var(--faint);
    font-size: var(--small);
  }
  .card .facts code {
    padding: 0;
    color: inherit;
    background: none;
  }
  .phase {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    font-weight: 600;
  }
  .phase.good,
  .phase.bad,
  .phase.warn {
    color: var(--vscode-foreground);
  }
  .question {
    margin-top: 6px;
    font-weight: 600;
  }
  .because {
    margin-top: 6px;
  }
  .scroll > .link {
    display: inline-block;
    margin-top: 4px;
  }
`;
