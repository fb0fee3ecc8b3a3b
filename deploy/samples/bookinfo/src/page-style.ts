/** The look of the page: one column, readable in light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1c2733, #e6e9ec); --soft: light-dark(#5b6875, #9aa5b0);
  --paper: light-dark(#fbfaf7, #14191f); --card: light-dark(#ffffff, #1c232b); --line: light-dark(#e2ddd2, #2f3943);
  --accent: light-dark(#1f5f8b, #7fb8de); }
* { box-sizing: border-box; }
body { margin: 0; font: 17px/1.55 Georgia, 'Times New Roman', serif; color: var(--ink); background: var(--paper); }
header, main, footer { max-width: 46rem; margin: 0 auto; padding: 1rem 1.25rem; }
header { display: flex; flex-wrap: wrap; gap: 1rem; justify-content: space-between; align-items: center; }
header, footer, .badge, button, input, dt { font-family: system-ui, sans-serif; font-size: .85rem; }
.brand { font-weight: 700; letter-spacing: .04em; color: var(--accent); }
h1 { font-size: 2rem; line-height: 1.2; margin: .5rem 0 1.5rem; }
h2 { font-size: 1.15rem; margin: 0 0 .75rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.25rem; margin-bottom: 1.25rem; }
.badge { font-weight: 500; color: var(--soft); border: 1px solid var(--line); border-radius: 99px; padding: .1rem .6rem; white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.25rem; margin: 0; }
dt { color: var(--soft); padding-top: .15rem; } dd { margin: 0; }
blockquote { margin: 0 0 1rem; padding-left: 1rem; border-left: 3px solid var(--line); }
blockquote:last-child { margin-bottom: 0; } blockquote p { margin: 0 0 .3rem; }
cite { display: block; color: var(--soft); font-size: .9rem; }
.stars { font-size: 1.25rem; letter-spacing: .1em; } .stars.red { color: light-dark(#c0262d, #ff6b70); }
.problem { color: light-dark(#8a2b0e, #ffb199); margin: 0; } code { font-size: .8rem; overflow-wrap: anywhere; }
input, button { padding: .3rem .6rem; border: 1px solid var(--line); border-radius: 6px; background: var(--card); color: inherit; }
button { cursor: pointer; } footer { color: var(--soft); padding-bottom: 2rem; }
`;
