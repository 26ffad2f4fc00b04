import { button, type Child, element } from './elements.js';
import { type ListMeta, pathOf } from './page-api.js';
import type { ViewContext } from './view.js';

/** Roles are given, because on a narrow screen the style lays cells out as blocks. */
function table(label: string, columns: readonly string[], rows: readonly Child[][]): HTMLTableElement {
  const head = columns.map((name) => element('th', { scope: 'col', role: 'columnheader' }, name));
  const body = rows.map((cells) =>
    element(
      'tr',
      { role: 'row' },
      ...cells.map((cell, index) => element('td', { role: 'cell', 'data-label': columns[index] }, cell)),
    ),
  );
  return element(
    'table',
    { role: 'table', 'aria-label': label },
    element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...head)),
    element('tbody', { role: 'rowgroup' }, ...body),
  );
}

export interface ListOptions<Item> {
  /** of the table, for those who do not see it */
  label: string;
  /** path of the list call */
  path: string;
  columns: readonly string[];
  itemsOf(answer: Record<string, Item[]>): Item[];
  cellsOf(item: Item, reload: () => Promise<void>): Child[];
}

/** A list of the REST API, a page at a time. */
export function pagedList<Item>(context: ViewContext, options: ListOptions<Item>) {
  const place = element('div', { tabindex: '-1' });
  let shown = options.path;

  async function load(path: string): Promise<void> {
    const answer = await context.api.get<{ meta: ListMeta }>(path, context.signal);
    const items = options.itemsOf(answer as unknown as Record<string, Item[]>);
    // The last one of a page was deleted.
    if (items.length === 0 && answer.meta.previous_page_url) return load(pathOf(answer.meta.previous_page_url));
    shown = path;
    const rows = items.map((item) => options.cellsOf(item, reload));
    const list = rows.length > 0 ? table(options.label, options.columns, rows) : element('p', {}, 'None.');
    const hadFocus = place.contains(document.activeElement);
    place.replaceChildren(list, ...turns(answer.meta));
    if (hadFocus) place.focus();
  }

  function turns({ page, previous_page_url: previous, next_page_url: next }: ListMeta): Child[] {
    if (previous === null && next === null) return [];
    const turn = (text: string, url: string | null) =>
      button(text, () => context.run(() => load(pathOf(url as string))), { disabled: url === null });
    const number = element('span', { class: 'faint' }, `Page ${page + 1}`);
    const label = `Pages of ${options.label}`;
    return [
      element(
        'div',
        { class: 'row', role: 'group', 'aria-label': label },
        turn('Previous', previous),
        number,
        turn('Next', next),
      ),
    ];
  }

  const reload = () => load(shown);
  return { place, reload };
}
