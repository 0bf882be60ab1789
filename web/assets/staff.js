// What makes the pages quicker to use. Every page also works without any of this.
import { startForm } from './form.js';
import { startKeys } from './keys.js';
import { startCounts } from './counts.js';
import { startLists } from './lists.js';
import { startMenus } from './menus.js';

document.documentElement.dataset.js = '';
for (const each of document.querySelectorAll('[data-nojs]')) each.hidden = true;
for (const form of document.querySelectorAll('form[data-form]')) startForm(form);
startLists();
startMenus();
startKeys();
startCounts();
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}

// What has to be read first: the list of what is wrong.
const summary = document.querySelector('[data-summary]');
if (summary) summary.focus();
for (const link of document.querySelectorAll('[data-summary] a[href^="#"]')) {
  link.addEventListener('click', (event) => {
    const target = document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    target.scrollIntoView({ block: 'center' });
    target.focus({ preventScroll: true });
  });
}
