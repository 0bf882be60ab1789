// Asks the server with what a form holds now. Files and the password with which a decision is
// confirmed stay at home until the form is submitted.
export async function ask(url, form, more = {}) {
  const data = new FormData(form);
  for (const name of [...data.keys()]) if (name.startsWith('u.') || name === 'confirm') data.delete(name);
  for (const [name, value] of Object.entries(more)) data.set(name, value);
  const answer = await fetch(url, { method: 'POST', body: data, headers: { Accept: 'application/json' } });
  const body = await answer.json().catch(() => ({}));
  return { ok: answer.ok, status: answer.status, body };
}

// Calls only after things have been quiet for a while.
export function later(wait, action) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...args), wait);
  };
}
