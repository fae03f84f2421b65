// What a page does beyond its links and forms: it says times as the reader's clock does, tells of new replies, keeps what
// is being written, puts emoji into it, sends files once they are chosen, shows a password to whoever types it, copies and
// shares, proposes names, opens what an address leads to, closes menus, and has keys for the queue.
'use strict';

// Served in UTC, for whoever has no script; how long ago something was is the same everywhere.
const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
  day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short',
});
for (const time of document.querySelectorAll('time[datetime*=T]')) {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) continue;
  const part = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = `${part.day} ${part.month} ${part.year}`;
  const hour = `, ${part.hour}:${part.minute}`;
  time.title = `${day}${hour} ${part.timeZoneName}`;
  time.textContent = time.textContent.replace(/\d{1,2} \p{L}+ \d{4}(, \d\d:\d\d UTC)?/u, (_, utc) => day + (utc ? hour : ''));
}

const live = document.querySelector('[data-live]');
if (live && 'EventSource' in window) {
  new EventSource(live.dataset.live).onmessage = (message) => {
    const { text, page } = JSON.parse(message.data);
    const link = live.querySelector('a') || live.appendChild(document.createElement('a'));
    link.className = 'button';
    link.href = page;
    link.textContent = text;
  };
}

for (const form of document.querySelectorAll('form[data-draft]')) {
  const status = form.querySelector('[data-kept]');
  let timer = 0;
  const keep = async () => {
    clearTimeout(timer);
    timer = 0;
    const entered = [...new FormData(form)].filter(([, value]) => typeof value === 'string');
    const body = new URLSearchParams(entered);
    const answer = await fetch(form.dataset.draft, { method: 'POST', body, keepalive: true }).catch(() => null);
    const isShut = answer && (answer.status === 401 || answer.status === 403);
    const said = answer && answer.ok ? 'kept' : isShut ? 'shut' : 'unkept';
    if (status) status.textContent = status.dataset[said];
  };
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 1500);
  });
  form.addEventListener('submit', () => {
    clearTimeout(timer);
    timer = 0;
  });
  addEventListener('pagehide', () => {
    if (timer) keep();
  });
}

for (const sign of document.querySelectorAll('[data-insert]')) {
  const text = sign.closest('form').elements.text;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button quiet small';
  button.append(...sign.childNodes);
  button.addEventListener('click', () => {
    text.setRangeText(sign.dataset.insert, text.selectionStart, text.selectionEnd, 'end');
    text.dispatchEvent(new Event('input', { bubbles: true }));
    text.focus();
  });
  sign.append(button);
}

for (const place of document.querySelectorAll('[data-copy]')) {
  const sources = [...place.querySelectorAll('code, textarea')];
  const said = () => sources.map((source) => source.value || source.textContent).join('\n');
  const add = (label, deed) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button small';
    button.textContent = label;
    button.addEventListener('click', () => deed(button));
    place.append(' ', button);
  };
  if (navigator.clipboard) {
    add(place.dataset.copy, async (button) => {
      await navigator.clipboard.writeText(said());
      button.textContent = place.dataset.copied;
    });
  }
  if (navigator.share) {
    add(place.dataset.share, () => navigator.share({ text: said() }).catch(() => {}));
  }
}

const [title, handle] = [document.querySelector('input[name=title]'), document.querySelector('input#group')];
if (title && handle && !handle.value) {
  let own = false;
  handle.addEventListener('input', () => { own = handle.value !== ''; });
  title.addEventListener('input', () => {
    if (own) return;
    const plain = title.value.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    handle.value = plain.split(/[^a-z0-9]+/).filter(Boolean).join('_').slice(0, 30).replace(/_+$/, '');
  });
}

// By the button that it names, or else by that of its form; that one is shown where something else waits to be saved, since
// the page comes anew with the file.
const touched = new Set();
for (const input of document.querySelectorAll('input[type=file][data-sends]')) {
  const button = document.getElementById(input.dataset.sends) || input.form.querySelector('[type=submit]');
  const isAlone = () => ![...touched].some((form) => form !== input.form);
  button.hidden = true;
  input.addEventListener('change', () => {
    if (input.files.length === 0) return;
    button.hidden = isAlone();
    if (isAlone()) input.form.requestSubmit(button);
  });
  addEventListener('beforeunload', (event) => {
    if (!isAlone()) event.preventDefault();
  });
}
addEventListener('input', ({ target }) => {
  if (target.form?.method === 'post' && target.type !== 'file') touched.add(target.form);
});
addEventListener('submit', ({ target }) => touched.delete(target));

for (const input of document.querySelectorAll('input[data-show]')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button quiet small';
  button.textContent = input.dataset.show;
  button.setAttribute('aria-controls', input.id);
  button.setAttribute('aria-pressed', 'false');
  button.addEventListener('click', () => {
    const shown = input.type === 'password';
    input.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(shown));
  });
  input.after(button);
}

const reveal = () => {
  let target;
  try {
    target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  } catch {
    return; // An address may end in what no page ever wrote there.
  }
  const fold = target?.closest('details:not([open])');
  if (!fold) return;
  fold.open = true;
  target.scrollIntoView();
};
addEventListener('hashchange', reveal);
reveal();

// Where one is among many is seen, however far along it stands.
for (const here of document.querySelectorAll('.tabs [aria-current]')) {
  const rail = here.closest('.tabs');
  const [place, room] = [here.getBoundingClientRect(), rail.getBoundingClientRect()];
  if (place.right > room.right - 32) rail.scrollLeft += place.left - room.left - 32;
}

const menus = () => document.querySelectorAll('.further[open]');
addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});
addEventListener('click', ({ target }) => {
  for (const menu of menus()) if (!menu.contains(target)) menu.open = false;
});

// The clock that one reads is most likely that of where one lives.
for (const zone of document.querySelectorAll('select#zone')) {
  if (!zone.value) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
}

// Off until somebody turns them on: who speaks to their computer, or brushes a key, does nothing by single letters.
const items = [...document.querySelectorAll('[data-item]')];
const keys = document.querySelector('[data-keys]');
if (keys && items.length > 0) {
  const button = keys.querySelector('button');
  const turn = (on) => button.setAttribute('aria-pressed', String(on));
  const isOn = () => button.getAttribute('aria-pressed') === 'true';
  turn(localStorage.getItem('keys') === 'on');
  keys.hidden = false;
  button.addEventListener('click', () => {
    turn(!isOn());
    localStorage.setItem('keys', isOn() ? 'on' : 'off');
  });
  addEventListener('keydown', (event) => {
    if (!isOn() || event.ctrlKey || event.altKey || event.metaKey || event.target.closest('input, textarea, select')) return;
    const here = items.findIndex((item) => item.contains(document.activeElement));
    if (event.key === 'j') items[Math.min(here + 1, items.length - 1)].focus();
    if (event.key === 'k') items[Math.max(here - 1, 0)].focus();
    if (event.key === 'c' && here >= 0) items[here].querySelector('[data-claim]')?.click();
  });
}
