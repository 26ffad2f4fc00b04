import { confirmed } from './dialogs.js';
import { button, type Child, dateOf, element } from './elements.js';
import { logSection } from './log-view.js';
import { pagedList } from './paged-list.js';
import { valueSections } from './value-view.js';
import { DEVICES, devicePath, type ViewContext } from './view.js';

interface Device {
  sid: string;
  unique_name: string | null;
  app: {
    target_sid: string | null;
    update_status: string | null;
    reported_sid: string | null;
    date_reported: string | null;
  };
  logging: { enabled: boolean };
  date_created: string;
  date_updated: string;
}

/** The devices of the account. */
export function deviceListView(context: ViewContext): HTMLElement {
  const list = pagedList<Device>(context, {
    label: 'Devices',
    path: DEVICES,
    columns: ['Name', 'SID', 'Runs', 'Reported', 'Updated'],
    itemsOf: ({ devices }) => devices,
    cellsOf: ({ sid, unique_name: name, app, date_updated: updated }) => [
      name ?? '–',
      element('a', { href: `#devices/${sid}` }, sid),
      app.reported_sid ?? '–',
      dateOf(app.date_reported),
      dateOf(updated),
    ],
  });
  context.run(list.reload);
  return element('section', { 'aria-label': 'Devices' }, element('h2', {}, 'Devices'), list.place);
}

/** One device: what it is, its values, its log. */
export function deviceView(context: ViewContext, sid: string): HTMLElement {
  const facts = element('dl');
  const heading = element('h2', {}, sid);

  async function load(): Promise<void> {
    const device = await context.api.get<Device>(devicePath(sid), context.signal);
    heading.replaceChildren(device.unique_name ?? device.sid);
    facts.replaceChildren(
      ...factsOf(device).flatMap(([term, fact]) => [element('dt', {}, term), element('dd', {}, fact)]),
    );
  }

  async function restart(): Promise<void> {
    if (!(await confirmed(`Restart the application of ${heading.textContent}?`, 'Restart'))) return;
    await context.api.post(devicePath(sid), { RestartApp: 'true' });
    await load();
    context.say('The device was told to restart its application.');
  }

  context.run(load);
  const action = button('Restart application', () => context.run(restart));
  return element(
    'section',
    { 'aria-label': 'Device' },
    heading,
    facts,
    action,
    ...valueSections(context, devicePath(sid)),
    logSection(context, sid),
  );
}

function factsOf({ sid, app, logging, date_created, date_updated }: Device): [string, Child][] {
  return [
    ['SID', sid],
    ['Is to run', app.target_sid ?? '–'],
    ['Runs', app.reported_sid ?? '–'],
    ['Reported', dateOf(app.date_reported)],
    ['Update', app.update_status ?? '–'],
    ['Logging', logging.enabled ? 'on' : 'off'],
    ['Created', dateOf(date_created)],
    ['Updated', dateOf(date_updated)],
  ];
}
