import { appView } from './app-view.js';
import { deviceListView, deviceView } from './device-views.js';
import { byId, element } from './elements.js';
import { CallError, type Credentials, PageApi } from './page-api.js';
import { valueSections } from './value-view.js';
import { DEVICES, type ViewContext } from './view.js';

/** In sessionStorage, which ends with the tab. */
const STORED = 'wasmqtt-credentials';

const logIn = byId<HTMLFormElement>('log-in');
const [user, password] = [byId<HTMLInputElement>('user'), byId<HTMLInputElement>('password')];
const nav = document.querySelector('nav') as HTMLElement;
const main = document.querySelector('main') as HTMLElement;
/** of the view that is shown */
let shown = new AbortController();

function tellError(message: string): void {
  byId('status').textContent = '';
  byId('error').textContent = message;
}

function tellStatus(message: string): void {
  byId('error').textContent = '';
  byId('status').textContent = message;
}

function failed(error: unknown, signal: AbortSignal): void {
  if (signal.aborted) return;
  if (error instanceof CallError && error.status === 401) logOut();
  tellError(error instanceof Error ? error.message : String(error));
}

/** Shows what the address names; without credentials, the log-in. */
function show(): void {
  shown.abort();
  shown = new AbortController();
  const { signal } = shown;
  tellStatus('');
  const stored = sessionStorage.getItem(STORED);
  logIn.hidden = stored !== null;
  nav.hidden = stored === null;
  main.replaceChildren();
  document.title = 'wasmqtt cloud';
  if (stored === null) {
    user.focus();
    return;
  }
  const context: ViewContext = {
    api: new PageApi(JSON.parse(stored) as Credentials),
    signal,
    say: tellStatus,
    run(action) {
      if (signal.aborted) return;
      byId('error').textContent = '';
      action().catch((error: unknown) => failed(error, signal));
    },
  };
  const [name, sid] = location.hash.slice(1).split('/');
  for (const link of nav.querySelectorAll('a')) {
    if (link.hash === `#${name || 'devices'}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  main.append(viewOf(context, name, sid));
  document.title = `${main.querySelector('h2')?.textContent} – wasmqtt cloud`;
  main.focus();
}

function viewOf(context: ViewContext, name: string, sid: string | undefined): HTMLElement {
  if (name === 'apps') return appView(context);
  if (name === 'account') {
    const heading = element('h2', {}, 'Configs and secrets of the account');
    return element('section', { 'aria-label': 'Account' }, heading, ...valueSections(context, '/v1'));
  }
  return sid ? deviceView(context, sid) : deviceListView(context);
}

function logOut(): void {
  sessionStorage.removeItem(STORED);
  show();
}

logIn.addEventListener('submit', (event) => {
  event.preventDefault();
  const credentials = { user: user.value.trim(), password: password.value.trim() };
  const { signal } = shown;
  new PageApi(credentials).get(`${DEVICES}?PageSize=1`, signal).then(
    () => {
      logIn.reset();
      sessionStorage.setItem(STORED, JSON.stringify(credentials));
      show();
    },
    (error: unknown) => failed(error, signal),
  );
});
byId('log-out').addEventListener('click', logOut);
addEventListener('hashchange', show);
show();
