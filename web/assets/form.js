// A form that is being filled in: fields in play, who gets it next, drafts, one submission only.
import { ask, later } from './ask.js';

const QUIET = 300; // ms before the fields are asked for
const REST = 2500; // ms of rest before a draft is kept

export function startForm(form) {
  if (form.dataset.fields) keepFields(form);
  if (form.dataset.preview) keepPreview(form);
  const saver = keepDraft(form);
  submitOnce(form, saver);
  addRows(form);
  putPhrases(form);
}

// ---- phrases, at the place of the cursor ----

function putPhrases(form) {
  const opinion = form.elements.comment;
  for (const button of form.querySelectorAll('button[data-phrase]')) {
    button.addEventListener('click', (event) => {
      event.preventDefault();
      opinion.setRangeText(button.dataset.phrase, opinion.selectionStart, opinion.selectionEnd, 'end');
      opinion.dispatchEvent(new Event('input', { bubbles: true }));
      button.closest('details').open = false;
      opinion.focus();
    });
  }
}

// ---- which fields are in play and required ----

function keepFields(form) {
  const refresh = later(QUIET, async () => {
    const { ok, body } = await ask(form.dataset.fields, form).catch(() => ({ ok: false }));
    if (!ok) return;
    for (const field of form.querySelectorAll('[data-field]')) {
      const key = field.dataset.field;
      field.hidden = body.hidden.includes(key) && !field.classList.contains('gc-field-bad');
      const label = field.querySelector('[data-must]');
      if (label) label.classList.toggle('gc-must', body.required.includes(key));
    }
    for (const panel of form.querySelectorAll('[data-fieldset]')) {
      panel.hidden = !panel.querySelector('[data-field]:not([hidden])');
      if (panel.querySelector('[data-field]:not([hidden]) .gc-must')) panel.open = true; // if folded
    }
  });
  form.addEventListener('change', refresh);
}

// ---- who gets it next ----

function keepPreview(form) {
  const place = form.querySelector('[data-next]');
  if (!place) return;
  const buttons = [...form.querySelectorAll('button[data-outcome]')];
  const unsure = [...place.cloneNode(true).childNodes]; // what the picture alone tells
  let shown = buttons.find((button) => button.classList.contains('btn-primary')) || buttons[0];
  const refresh = later(QUIET, async () => {
    if (!shown) return;
    const button = shown;
    const { ok, body } = await ask(form.dataset.preview, form, {
      do: `preview:${button.dataset.outcome}`,
    }).catch(() => ({ ok: false }));
    if (button !== shown) return;
    place.replaceChildren();
    if (ok && body.next.length) {
      say(place, `${button.dataset.label}后：`, body.next.join('；'));
    } else {
      place.append(...unsure.map((each) => each.cloneNode(true)));
    }
  });
  for (const button of buttons) {
    const look = () => {
      if (shown === button) return;
      shown = button;
      refresh();
    };
    button.addEventListener('focus', look);
    button.addEventListener('pointerenter', look);
  }
  form.addEventListener('change', refresh);
  refresh();
}

function say(place, words, what) {
  const strong = document.createElement('b');
  strong.textContent = what;
  place.append(words, strong);
}

// ---- drafts ----

function keepDraft(form) {
  const place = form.querySelector('[data-saved]');
  const state = { dirty: false, sent: false };
  const save = later(REST, async () => {
    if (!form.dataset.autosave || state.sent || !state.dirty) return;
    state.dirty = false;
    const { ok, status, body } = await ask(form.dataset.autosave, form).catch(() => ({ ok: false }));
    if (ok) {
      form.elements.version.value = body.version;
    } else {
      state.dirty = true;
    }
    if (place) place.textContent = ok ? body.saved : refusal(status);
  });
  form.addEventListener('input', () => {
    state.dirty = true;
    save();
  });
  window.addEventListener('beforeunload', (event) => {
    if (state.dirty && !state.sent) {
      event.preventDefault();
      event.returnValue = '';
    }
  });
  return state;
}

function refusal(status) {
  if (status === 401) return '登录已过期，草稿没有保存；提交时请您重新登录，内容不会丢';
  if (status === 409) return '这件刚有了变化，草稿没有保存；内容还在本页';
  return '草稿没有保存，内容还在本页；稍后自动再试';
}

// ---- one submission ----

function submitOnce(form, state) {
  form.addEventListener('submit', (event) => {
    if (state.sent) {
      event.preventDefault();
      return;
    }
    state.sent = true;
    const pressed = event.submitter;
    if (pressed) pressed.setAttribute('aria-disabled', 'true');
    const place = form.querySelector('[data-saved]');
    if (place) place.textContent = '正在提交…';
  });
  // Back from another page: the form may be sent again; the server knows its key.
  window.addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    state.sent = false;
    for (const each of form.querySelectorAll('[aria-disabled]')) each.removeAttribute('aria-disabled');
  });
}

// ---- tables ----

function addRows(form) {
  for (const button of form.querySelectorAll('[data-add-row]')) {
    const body = button.parentElement.querySelector('[data-rows] tbody');
    button.addEventListener('click', (event) => {
      event.preventDefault();
      const last = body.rows[body.rows.length - 1];
      const number = body.rows.length;
      const row = last.cloneNode(true);
      renumber(row, number - 1, number);
      body.append(row);
      const first = row.querySelector('input, select, textarea');
      if (first) first.focus();
    });
  }
}

function renumber(row, from, to) {
  row.cells[0].textContent = String(to + 1);
  for (const control of row.querySelectorAll('input, select, textarea')) {
    control.name = control.name.replace(`.${from}.`, `.${to}.`);
    control.id = control.id.replace(`-${from}-`, `-${to}-`);
    if (control.type === 'checkbox') control.checked = false;
    else control.value = '';
  }
  for (const label of row.querySelectorAll('label')) {
    label.htmlFor = label.htmlFor.replace(`-${from}-`, `-${to}-`);
    label.textContent = label.textContent.replace(`第${from + 1}行`, `第${to + 1}行`);
  }
}
