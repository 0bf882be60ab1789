// The numbers of the workbench and of unread notices: looked at every half minute while the page is
// in front. The browser asks with the tag of the last answer; an unchanged one costs no body.
const EVERY = 30000;

export function startCounts() {
  watch(document.querySelector('[data-count="todo"][data-url]'), show);
  watch(document.querySelector('[data-unread][data-url]'), showUnread);
}

function watch(place, then) {
  if (!place) return;
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(place.dataset.url, { headers: { Accept: 'application/json' } }).catch(() => null);
    if (answer && answer.ok) then(place, await answer.json());
  };
  look();
  setInterval(look, EVERY);
}

function showUnread(badge, { unread }) {
  badge.querySelector('[data-number]').textContent = unread < 100 ? String(unread) : '99+';
  badge.hidden = !unread;
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
