import { confirmed } from './dialogs.js';
import { button, dateOf, element } from './elements.js';
import { pagedList } from './paged-list.js';
import type { ViewContext } from './view.js';

interface App {
  sid: string;
  unique_name: string | null;
  hash: string;
  date_created: string;
}

const APPS = '/v1/Apps';

/** The applications of the account. */
export function appView(context: ViewContext): HTMLElement {
  const list = pagedList<App>(context, {
    label: 'Applications',
    path: APPS,
    columns: ['Name', 'SID', 'Hash', 'Created', 'Actions'],
    itemsOf: ({ apps }) => apps,
    cellsOf({ sid, unique_name: name, hash, date_created: created }, reload) {
      const remove = async () => {
        if (!(await confirmed(`Delete the application ${name ?? sid}? This cannot be undone.`, 'Delete'))) return;
        await context.api.delete(`${APPS}/${encodeURIComponent(sid)}`);
        await reload();
        context.say(`The application ${name ?? sid} was deleted.`);
      };
      const label = `Delete ${name ?? sid}`;
      const action = button('Delete', () => context.run(remove), { 'aria-label': label, class: 'danger' });
      return [name ?? '–', sid, element('span', { class: 'value' }, hash), dateOf(created), action];
    },
  });
  context.run(list.reload);
  return element('section', { 'aria-label': 'Applications' }, element('h2', {}, 'Applications'), list.place);
}
