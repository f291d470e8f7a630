import { css } from "lit";

/** The welcome and the list of missions. */
export const start = css`
  .welcome,
  .home {
    display: flex;
    flex: 1;
    flex-direction: column;
    gap: 14px;
    width: 100%;
    max-width: 480px;
    margin: 0 auto;
    padding: 24px 20px;
    overflow: auto;
  }
  .welcome {
    padding-top: min(9vh, 72px);
  }
  .logo .icon {
    width: 40px;
    height: 40px;
    stroke-width: 1;
    color: var(--vscode-icon-foreground);
  }
  .first {
    display: grid;
    gap: 6px;
    justify-items: center;
    margin-block: 6px;
  }
  .first button {
    width: 100%;
    min-height: 32px;
  }
  .welcome .facts {
    display: grid;
    gap: 12px;
    padding-top: 16px;
    border-top: 1px solid var(--line);
  }
  .welcome .facts li {
    display: grid;
    grid-template-columns: 16px 1fr;
    gap: 8px;
  }
  .welcome .facts .icon {
    margin-top: 1px;
  }
  .welcome .facts b {
    display: block;
    font-weight: 600;
  }
  .links,
  .start {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 14px;
  }
  .links {
    margin-top: 4px;
  }
  .start {
    padding-top: 14px;
    border-top: 1px solid var(--line);
  }
  .home .list {
    display: grid;
    margin-inline: -8px;
  }
`;
