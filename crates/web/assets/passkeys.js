// Asks for passkeys: a button that stands for one gets what is asked, hands it to the browser, and sends what that
// answers with its form.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const text = (buffer) => {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
};

// What browsers want as bytes, pages have as base64url.
const opened = (asked) => {
  const named = (keys) => keys && keys.map((key) => ({ ...key, id: bytes(key.id) }));
  return {
    ...asked,
    challenge: bytes(asked.challenge),
    user: asked.user && { ...asked.user, id: bytes(asked.user.id) },
    allowCredentials: named(asked.allowCredentials),
    excludeCredentials: named(asked.excludeCredentials),
  };
};

const closed = ({ id, rawId, type, response }) => {
  const parts = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
  const said = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
  if (response.getTransports) said.push(['transports', response.getTransports()]);
  return JSON.stringify({ id, rawId: text(rawId), type, response: Object.fromEntries(said) });
};

const troubles = { NotAllowedError: 'cancelled', InvalidStateError: 'known', TooOften: 'often' };

const attend = async (button) => {
  const { form, dataset } = button;
  const place = button.closest('[data-passkey-place]');
  const trouble = place.querySelector('[role=alert]');
  if (!window.PublicKeyCredential) {
    place.querySelector('[data-unable]').hidden = false;
    place.dataset.passkeyPlace = 'none';
    return;
  }

  const fetched = async () => {
    const token = form.elements.form_token;
    const said = 'sendsForm' in dataset ? new FormData(form) : token ? { form_token: token.value } : {};
    const answer = await fetch(dataset.source, { method: 'POST', body: new URLSearchParams(said) });
    // The page says what is wrong with what was entered.
    if (answer.status === 422 && 'sendsForm' in dataset) {
      form.elements.answer.value = '';
      form.requestSubmit(button);
      throw new DOMException('', 'AbortError');
    }
    if (!answer.ok) throw Object.assign(new Error(), { name: answer.status === 429 ? 'TooOften' : 'Failed' });
    return answer.json();
  };

  // Browsers answer one question at a time: the last.
  let asking = new AbortController();
  const ask = async (how) => {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const asked = dataset.options ? JSON.parse(dataset.options) : await fetched();
    const wish = { ...how, signal, publicKey: opened(asked) };
    const key = await (asked.user ? navigator.credentials.create(wish) : navigator.credentials.get(wish));
    form.elements.answer.value = closed(key);
    form.requestSubmit(button);
  };

  button.addEventListener('click', async (event) => {
    event.preventDefault();
    trouble.hidden = true;
    try {
      await ask({});
    } catch (error) {
      if (error.name === 'AbortError') return;
      trouble.textContent = dataset[troubles[error.name] || 'failed'];
      trouble.hidden = false;
    }
  });
  button.hidden = false;

  const fillsIn = 'fillsIn' in dataset && PublicKeyCredential.isConditionalMediationAvailable;
  if (fillsIn && (await PublicKeyCredential.isConditionalMediationAvailable())) {
    await ask({ mediation: 'conditional' }).catch(() => {});
  }
};

document.querySelectorAll('button[data-passkey]').forEach(attend);
