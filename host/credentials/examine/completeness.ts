import type { Examination, Item } from './examination.js';
import type { StoredValues } from './finding.js';
import { type Nearness, nearest, nearness } from './key-names.js';
import { CONFIG_KEYS, type ConfigKey, isConfigKey, ruleOf } from './store-keys.js';

type Store = 'config' | 'secret';
export type Items = Map<ConfigKey, Item>;

/** The two keys of each kind of authentication. */
const PAIRS = { certificate: ['cert', 'private_key'], password: ['username', 'password'] } as const;
const PAIR_LIST = Object.entries(PAIRS) as [keyof typeof PAIRS, readonly [ConfigKey, ConfigKey]][];

/**
 * Finds the value that is meant for each key, under its own name or another, and notes what is missing or misplaced.
 * A value under a wrong name is returned too, so that the same run also reports what is wrong with the value.
 */
export function locate(values: StoredValues, examination: Examination): Items {
  const stores = new StoreNames(values);
  const items: Items = new Map();
  for (const key of CONFIG_KEYS) {
    const { store } = ruleOf(key);
    if (stores.has(store, key)) items.set(key, stores.item(examination, key, store, key));
  }
  const exact = new Set(items.keys());
  for (const key of CONFIG_KEYS) misplaced(key, stores, items, exact, examination);
  for (const key of CONFIG_KEYS) if (!items.has(key)) meant(key, stores, items, examination);
  missing(items, stores, examination);
  return items;
}

/** The names in both stores. */
class StoreNames {
  readonly #values: StoredValues;

  constructor(values: StoredValues) {
    this.#values = values;
  }

  names(store: Store): string[] {
    if (store === 'config') return [...this.#values.configs.keys()];
    return [...new Set([...this.#values.secrets.keys(), ...(this.#values.hiddenSecrets ?? [])])];
  }

  has(store: Store, name: string): boolean {
    return this.names(store).includes(name);
  }

  /** The other scope, if the key is there. */
  elsewhere(key: ConfigKey): 'account' | 'device' | undefined {
    const { otherScope } = this.#values;
    const names = ruleOf(key).store === 'config' ? otherScope?.configs : otherScope?.secrets;
    return names?.has(key) ? otherScope?.name : undefined;
  }

  item(examination: Examination, key: ConfigKey, store: Store, name: string): Item {
    const value = (store === 'config' ? this.#values.configs : this.#values.secrets).get(name);
    return { key, where: examination.place(store, name), value };
  }
}

const other = (store: Store): Store => (store === 'config' ? 'secret' : 'config');

/** Notes the right name in the wrong store. */
function misplaced(key: ConfigKey, stores: StoreNames, items: Items, exact: Set<ConfigKey>, examination: Examination) {
  const { store } = ruleOf(key);
  if (!stores.has(other(store), key)) return;
  const item = stores.item(examination, key, other(store), key);
  const open = store === 'secret';
  examination.add(item, {
    severity: open || !exact.has(key) ? 'error' : 'warning',
    trap: 'wrong-store',
    what: `The key ${key} belongs among the ${store}s, and it is among the ${other(store)}s.`,
    why: open
      ? 'Everyone with the account can read configs; the device looks for it among the secrets.'
      : 'The device looks for it among the configs and does not find it there.',
    remedy: exact.has(key)
      ? `${examination.remove(other(store), key)}${open ? ', and make a new secret: this one may have been read' : ''}`
      : `${examination.provision(key)}, then ${examination.remove(other(store), key)}`,
  });
  if (!items.has(key)) items.set(key, item);
}

/** Notes a name that looks as if it was meant for a key; a name in the right store comes first. */
function meant(key: ConfigKey, stores: StoreNames, items: Items, examination: Examination): void {
  const { store } = ruleOf(key);
  const wanted = isWanted(key, stores, items, examination);
  const allowed = ({ how }: { how: Nearness }) => how === 'spelling' || wanted;
  for (const place of [store, other(store)]) {
    const found = nearest(stores.names(place), key);
    if (!found || !allowed(found)) continue;
    const item = stores.item(examination, key, place, found.name);
    examination.add(item, {
      trap: 'wrong-key-name',
      what: `The device asks for ${JSON.stringify(key)} among the ${store}s, not for ${JSON.stringify(found.name)}${place === store ? '' : ` among the ${place}s`}.`,
      why: 'It does not find the value, and goes on without it or gives up.',
      remedy: `${examination.provision(key)}, then ${examination.remove(place, found.name)}`,
    });
    items.set(key, item);
    return;
  }
}

/** Whether a name that differs in more than its spelling may be taken for the key. */
function isWanted(key: ConfigKey, stores: StoreNames, items: Items, { options }: Examination): boolean {
  const pair = PAIR_LIST.find(([, keys]) => keys.includes(key));
  if (!pair) return true;
  const [kind, keys] = pair;
  if (options.authentication) return options.authentication === kind;
  const isThere = (wanted: ConfigKey) =>
    items.has(wanted) || stores.names(ruleOf(wanted).store).some((name) => nearness(name, wanted) === 'spelling');
  return keys.some(isThere) || !PAIR_LIST.some(([, all]) => all.some(isThere));
}

function missing(items: Items, stores: StoreNames, examination: Examination): void {
  const isThere = (key: ConfigKey) => items.has(key) || stores.elsewhere(key) !== undefined;
  const { authentication } = examination.options;
  const used = PAIR_LIST.filter(([kind, keys]) => (authentication ? kind === authentication : keys.some(isThere)));
  const required = new Set<ConfigKey>(['broker-host', 'broker-port', ...used.flatMap(([, keys]) => keys)]);
  for (const key of CONFIG_KEYS) {
    if (items.has(key)) continue;
    const scope = stores.elsewhere(key);
    if (scope) inOtherScope(key, scope, required.has(key), examination);
    else if (required.has(key)) lacking(key, items, examination);
  }
  if (used.length === 0) noCredentials(examination);
  if (used.length === 2) twoAuthentications(examination);
}

function lacking(key: ConfigKey, items: Items, examination: Examination): void {
  const pair = PAIR_LIST.find(([, keys]) => keys.includes(key))?.[1];
  const partner = pair?.find((other) => other !== key && items.has(other));
  const alone = partner ? `The device has ${partner}, which is of no use alone.` : 'The device cannot say who it is.';
  examination.add(
    { where: examination.place(ruleOf(key).store, key) },
    {
      trap: 'missing-key',
      what: `There is no ${key}.`,
      why: pair ? alone : 'The device does not know where to connect.',
      remedy: examination.provision(key) + (partner ? `, or delete ${partner}` : ''),
    },
  );
}

function inOtherScope(key: ConfigKey, scope: string, required: boolean, examination: Examination): void {
  const own = scope === 'account' ? 'device' : 'account';
  examination.add(
    { where: examination.place(ruleOf(key).store, key) },
    {
      severity: required ? 'error' : 'warning',
      trap: 'wrong-scope',
      what: `${key} is stored in the scope of the ${scope}, not in that of the ${own}.`,
      why: `An application that asks for keys of the ${own}, as the demo does for those of the device, does not find it.`,
      remedy: `${examination.provision(key)}, or let the application ask in the scope of the ${scope} (wasmqtt run --scope ${scope})`,
    },
  );
}

function noCredentials(examination: Examination): void {
  examination.add(
    { where: 'stores' },
    {
      severity: 'warning',
      trap: 'no-credentials',
      what: 'There is neither cert with private_key nor username with password.',
      why: 'Only a broker that asks for no credentials lets the device in.',
      remedy: `${examination.provision('cert')}, or ${examination.provision('username')}`,
    },
  );
}

function twoAuthentications(examination: Examination): void {
  examination.add(
    { where: examination.place('config', 'username') },
    {
      severity: 'warning',
      trap: 'two-authentications',
      what: 'There are both cert with private_key and username with password.',
      why: 'Microvisor refuses a connect request with both (INVALIDAUTHENTICATION); an application uses the one that it was built for.',
      remedy: 'delete the pair that the broker does not ask for',
    },
  );
}

/** Notes names beside the right one that differ only in spelling: it is easy to change the wrong one of the two. */
export function leftovers(values: StoredValues, examination: Examination): void {
  const stores = new StoreNames(values);
  for (const store of ['config', 'secret'] as const) {
    for (const name of stores.names(store)) {
      const key = CONFIG_KEYS.find((candidate) => nearness(name, candidate) === 'spelling');
      if (!key || isConfigKey(name) || !stores.has(ruleOf(key).store, key)) continue;
      examination.add(
        { where: examination.place(store, name) },
        {
          severity: 'warning',
          trap: 'unread-key',
          what: `The device reads ${key}, which is there too, and never ${name}.`,
          why: 'Changing this value has no effect.',
          remedy: examination.remove(store, name),
        },
      );
    }
  }
}
