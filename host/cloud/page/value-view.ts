import { confirmed, entered } from './dialogs.js';
import { button, type Child, dateOf, element } from './elements.js';
import { pagedList } from './paged-list.js';
import type { ViewContext } from './view.js';

/** A config, or a secret: it has another date, and no value. */
interface Value {
  key: string;
  value?: string;
  date_updated?: string;
  date_rotated?: string;
}

interface Kind {
  collection: 'Configs' | 'Secrets';
  one: string;
  columns: readonly string[];
}

const KINDS: readonly Kind[] = [
  { collection: 'Configs', one: 'config', columns: ['Key', 'Value', 'Updated', 'Actions'] },
  { collection: 'Secrets', one: 'secret', columns: ['Key', 'Rotated', 'Actions'] },
];

/** Characters of a value that is shown whole. */
const SHORT = 120;

/** Configs and secrets, with what changes them. @param owner path of the REST calls that the collections are below */
export function valueSections(context: ViewContext, owner: string): HTMLElement[] {
  return KINDS.map((kind) => valueSection(context, kind, `${owner}/${kind.collection}`));
}

function valueSection(context: ViewContext, kind: Kind, path: string): HTMLElement {
  const { api, run, say } = context;
  const { collection, one, columns } = kind;
  const pathOfKey = (key: string) => `${path}/${encodeURIComponent(key)}`;

  async function change({ key, value = '' }: Value, reload: () => Promise<void>): Promise<void> {
    const ends = value.includes('\r') ? ' (all line ends become LF)' : '';
    const text = await entered(`New value of the ${one} ${key}${ends}:`, 'Value', value);
    if (text === undefined) return;
    await api.post(pathOfKey(key), { Value: text });
    await reload();
    say(`The ${one} ${key} was changed.`);
  }

  async function remove({ key }: Value, reload: () => Promise<void>): Promise<void> {
    if (!(await confirmed(`Delete the ${one} ${key}? This cannot be undone.`, 'Delete'))) return;
    await api.delete(pathOfKey(key));
    await reload();
    say(`The ${one} ${key} was deleted.`);
  }

  const list = pagedList<Value>(context, {
    label: collection,
    path,
    columns,
    itemsOf: (answer) => answer[collection.toLowerCase()],
    cellsOf(item, reload) {
      const { key, value, date_updated, date_rotated } = item;
      const actions = element(
        'div',
        { class: 'row' },
        button('Change', () => run(() => change(item, reload)), { 'aria-label': `Change ${key}` }),
        button('Delete', () => run(() => remove(item, reload)), { 'aria-label': `Delete ${key}`, class: 'danger' }),
      );
      const date = dateOf(date_updated ?? date_rotated ?? null);
      return value === undefined ? [key, date, actions] : [key, shownValue(value), date, actions];
    },
  });
  run(list.reload);

  const id = `new-${one}`;
  const key = element('input', { id: `${id}-key`, required: true, spellcheck: 'false', autocapitalize: 'off' });
  const value = element('textarea', { id: `${id}-value`, spellcheck: 'false' });
  const form = element(
    'form',
    { autocomplete: 'off', 'aria-label': `New ${one}` },
    element('label', { for: key.id }, 'Key'),
    key,
    element('label', { for: value.id }, 'Value'),
    value,
    element('button', { type: 'submit' }, `Create ${one}`),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    run(async () => {
      const name = key.value;
      await api.post(path, { Key: name, Value: value.value });
      form.reset();
      await list.reload();
      say(`The ${one} ${name} was created.`);
    });
  });
  const more = element('details', {}, element('summary', {}, `New ${one}`), form);
  return element('section', { 'aria-label': collection }, element('h3', {}, collection), list.place, more);
}

function shownValue(value: string): Child {
  const whole = element('span', { class: 'value' }, value);
  if (value.length <= SHORT) return whole;
  return element('details', {}, element('summary', { class: 'value' }, `${value.slice(0, SHORT)}…`), whole);
}
