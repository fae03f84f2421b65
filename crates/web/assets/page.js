// What a page does beyond its links and forms: it tells of new replies, and keeps what is being written.
'use strict';

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
    if (status) status.textContent = answer && answer.ok ? status.dataset.kept : '';
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
