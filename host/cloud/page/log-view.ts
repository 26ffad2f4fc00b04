import { element } from './elements.js';
import { CallError } from './page-api.js';
import { devicePath, type ViewContext } from './view.js';

interface LogLine {
  sequence: number;
  date: string;
  text: string;
}

/** Lines that are kept on the page. */
const KEPT = 1000;
/** Lines from before it was opened. */
const EARLIER = 100;
/** Seconds that a call waits for lines. */
const WAIT = 25;

/** The last lines of a device's log and, while the box is ticked, those that come. */
export function logSection(context: ViewContext, sid: string): HTMLElement {
  const path = `${devicePath(sid)}/Logs`;
  const lines = element('div', { class: 'log', role: 'log', 'aria-label': 'Log', tabindex: '0' });
  const box = element('input', { type: 'checkbox' });
  let last: number | undefined;
  let following: AbortController | undefined;

  async function read(query: string, signal: AbortSignal): Promise<void> {
    const { logs } = await context.api.get<{ logs: LogLine[] }>(`${path}?${query}`, signal);
    last = logs.at(-1)?.sequence ?? last ?? 0;
    const isAtEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 8;
    for (const { date, text } of logs) {
      const time = element('time', { datetime: date, class: 'faint' }, new Date(date).toLocaleTimeString());
      lines.append(element('div', {}, time, ` ${text}`));
    }
    while (lines.childElementCount > KEPT) lines.firstElementChild?.remove();
    if (isAtEnd) lines.scrollTop = lines.scrollHeight;
  }

  async function follow(signal: AbortSignal): Promise<void> {
    try {
      if (last === undefined) await read(`Last=true&PageSize=${EARLIER}`, signal);
      while (!signal.aborted) await read(`After=${last}&Wait=${WAIT}`, signal);
    } catch (error) {
      if (signal.aborted) return;
      box.checked = false;
      const message = error instanceof Error ? error.message : String(error);
      throw new CallError(0, `The log is not followed any more: ${message}. Tick Follow to try again.`);
    }
  }

  box.addEventListener('change', () => {
    following?.abort();
    if (!box.checked) return;
    following = new AbortController();
    const { signal } = following;
    context.signal.addEventListener('abort', () => following?.abort(), { signal });
    context.run(() => follow(signal));
  });
  context.run(() => read(`Last=true&PageSize=${EARLIER}`, context.signal));
  const label = element('label', {}, box, ' Follow');
  return element('section', { 'aria-label': 'Log of the device' }, element('h3', {}, 'Log'), label, lines);
}
