// The numbers of the workbench: looked at every half minute while the page is in front.
const EVERY = 30000;

export function startCounts() {
  const nav = document.querySelector('[data-count="todo"][data-url]');
  if (!nav) return;
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(nav.dataset.url, { headers: { Accept: 'application/json' } }).catch(() => null);
    if (answer && answer.ok) show(nav, await answer.json());
  };
  look();
  setInterval(look, EVERY);
}

const told = (count) => (count > 999 ? '999+' : String(count));

function show(nav, counts) {
  const now = { ...counts, todo: counts.mine + counts.group };
  nav.textContent = told(now.todo);
  nav.hidden = !now.todo;
  const fresh = document.querySelector('[data-fresh]');
  if (!fresh) return;
  for (const tab of document.querySelectorAll('.gc-tabs [data-count]')) {
    if (tab.textContent !== told(now[tab.dataset.count])) fresh.hidden = false;
  }
}
