import { css } from "lit";

/** The frame of a mission: rail, banners, tabs, and how they share the space. */
export const mission = css`
  .lede {
    flex: none;
    padding: 2px 12px 8px;
    border-bottom: 1px solid var(--line);
  }
  .lede .state {
    display: flex;
    gap: 10px;
    color: var(--faint);
    font-size: var(--small);
    white-space: nowrap;
  }
  .lede .state b {
    color: var(--vscode-foreground);
    font-weight: 600;
  }
  .lede .model,
  .lede .shared {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .lede .spent {
    margin-inline-start: auto;
    font-variant-numeric: tabular-nums;
  }
  .rail {
    display: flex;
    margin: 8px -4px 0;
  }
  .rail li {
    position: relative;
    flex: 1;
    display: grid;
    justify-items: center;
    gap: 2px;
    min-width: 0;
    color: var(--faint);
    font-size: var(--tiny);
    white-space: nowrap;
  }
  .rail li + li::before {
    content: "";
    position: absolute;
    top: 8px;
    inset-inline: calc(-50% + 11px) calc(50% + 11px);
    border-top: 1px solid var(--faint);
    opacity: 0.5;
  }
  .rail .done + li::before {
    opacity: 1;
    border-color: var(--good);
  }
  .rail .knot {
    position: relative;
    width: 16px;
    height: 16px;
  }
  .rail .todo .icon {
    opacity: 0.6;
  }
  .rail .done .icon {
    color: var(--good);
  }
  .rail .now {
    color: var(--vscode-foreground);
    font-weight: 600;
  }
  .rail .now .icon {
    color: var(--busy);
  }
  .rail .now .knot::after {
    content: "";
    position: absolute;
    inset: 0;
    border: 1.5px solid var(--busy);
    border-radius: 50%;
  }
  .rail .failed {
    color: var(--bad);
    font-weight: 600;
  }

  .banner {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    align-items: start;
    gap: 6px 8px;
    margin: 8px 12px 0;
    padding: 8px 10px;
    border: 1px solid var(--line);
    border-inline-start: 3px solid currentColor;
    border-radius: 4px;
    background: var(--vscode-editor-background);
  }
  .banner > .icon {
    margin-top: 1px;
  }
  .banner > p {
    flex: 1 1 200px;
    color: var(--vscode-foreground);
    overflow-wrap: anywhere;
  }
  .banner .buttons {
    flex-basis: 100%;
    padding-inline-start: 24px;
  }
  .banner button.secondary {
    color: var(--vscode-button-secondaryForeground);
  }
  .refs {
    display: block;
    margin-top: 2px;
  }
  .trouble {
    display: flex;
    gap: 8px;
    color: var(--vscode-foreground);
    overflow-wrap: anywhere;
  }
  .trouble b {
    font-weight: 600;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }

  .mission {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-height: 0;
  }
  .parts {
    display: flex;
    flex: 1 1 0;
    flex-direction: column;
    min-height: 160px;
    margin-top: 4px;
  }
  .tabs {
    display: flex;
    flex: none;
    gap: 14px;
    padding: 0 12px;
    border-bottom: 1px solid var(--line);
    overflow: auto hidden;
    scrollbar-width: none;
  }
  .tabs button {
    flex: none;
    min-height: 30px;
    padding: 0 1px;
    border: 0;
    border-bottom: 1px solid transparent;
    border-radius: 0;
    color: var(--vscode-panelTitle-inactiveForeground);
  }
  .tabs button:hover,
  .tabs [aria-selected="true"] {
    color: var(--vscode-panelTitle-activeForeground);
  }
  .tabs [aria-selected="true"] {
    border-bottom-color: var(--vscode-panelTitle-activeBorder);
  }
  .badge {
    min-width: 16px;
    padding: 0 4px;
    border: 1px solid var(--vscode-contrastBorder);
    border-radius: 8px;
    color: var(--vscode-badge-foreground);
    background: var(--vscode-badge-background);
    font-size: var(--tiny);
    line-height: 15px;
    text-align: center;
  }
  .part {
    flex: 1;
    min-height: 0;
    padding: 10px 12px;
    overflow: auto;
  }
  .part.talk {
    padding: 0;
    overflow: hidden;
  }

  #page > .banner {
    margin-bottom: 8px;
  }

  @media (max-width: 339px) {
    .lede .model {
      display: none;
    }
    .lede .state {
      gap: 6px;
    }
    .rail {
      font-size: 0.9em;
    }
    .tabs {
      gap: 9px;
    }
  }
  @media (min-width: 640px) {
    .mission.asks {
      display: grid;
      grid-template:
        "rail rail" auto
        "told told" auto
        "parts needs" minmax(0, 1fr) / minmax(0, 1fr) minmax(340px, 50%);
    }
    .mission.asks > .lede {
      grid-area: rail;
    }
    .mission.asks > .banner {
      grid-area: told;
    }
    .mission.asks > .needs {
      grid-area: needs;
      max-height: none;
      border-inline-start: 1px solid var(--line);
    }
    .mission.asks > .parts {
      grid-area: parts;
      min-height: 0;
    }
  }
`;
