// Long lists of boxes to tick: find in them, and read in one line what is ticked.
const LONG = 12;
const NAMED = 4; // names spelled out before "等"

export function startLists() {
  for (const list of document.querySelectorAll('[data-filter-list]')) {
    const entries = [...list.querySelectorAll('.form-check')];
    if (entries.length > LONG) equip(list, entries);
  }
}

function equip(list, entries) {
  const bar = document.createElement('div');
  const search = document.createElement('input');
  const picked = document.createElement('span');
  bar.className = 'gc-pick';
  search.className = 'form-control';
  search.type = 'search';
  search.placeholder = `在 ${entries.length} 个中查找`;
  search.setAttribute('aria-label', search.placeholder);
  picked.className = 'gc-picked';
  picked.setAttribute('role', 'status');
  bar.append(search, picked);
  list.before(bar);
  search.addEventListener('input', (event) => {
    event.stopPropagation(); // looking is not typing: no draft for it
    const words = search.value.trim();
    for (const entry of entries) entry.hidden = !entry.textContent.includes(words);
  });
  search.addEventListener('change', (event) => event.stopPropagation());
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') event.preventDefault();
  });
  const tell = () => {
    const names = entries
      .filter((entry) => entry.querySelector('input').checked)
      .map((entry) => entry.textContent.trim());
    const rest = names.length > NAMED ? '等' : '';
    picked.textContent = names.length
      ? `已选 ${names.length} 个：${names.slice(0, NAMED).join('、')}${rest}`
      : '还没有选';
  };
  list.addEventListener('change', tell);
  tell();
}
