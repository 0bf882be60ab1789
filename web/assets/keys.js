// Single keys, never while one types, never with Ctrl, Alt or Meta: those belong to the browser.
// The page of help lists the same keys; everything they do can be done without them.
const TYPING = 'input, textarea, select, [contenteditable], .gc-canvas';
const open = (key) => document.querySelector(`a[data-key="${key}"]`).click();
const titles = () => [...document.querySelectorAll('.gc-table a.gc-title, .gc-hits a.gc-title')];

function step(by) {
  const all = titles();
  const next = all[all.indexOf(document.activeElement) + by] || (by > 0 ? all[0] : all[all.length - 1]);
  if (next) next.focus();
}

function focus(selector) {
  const target = document.querySelector(selector);
  if (target) target.focus();
}

const KEYS = {
  '/': () => focus('[data-search]'),
  '?': () => open('?'),
  g: () => open('g'),
  j: () => step(1),
  k: () => step(-1),
  c: () => focus('#comment'),
};

export function startKeys() {
  if (!document.querySelector('[data-search]')) return;
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
    if (event.target.closest(TYPING) || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  });
}
