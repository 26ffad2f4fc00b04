import type { Examination, Item } from './examination.js';
import { checkRoom } from './value-lengths.js';

/** Checks client-id, username and password: white space around the text, and room for it. */
export function checkText(item: Item, text: string, examination: Examination): void {
  const at = /^\s/.test(text) ? 0 : text.trimEnd().length;
  if (at < text.length) {
    examination.add(item, {
      severity: 'warning',
      spot: `character ${at + 1}`,
      trap: 'space-around-value',
      what: `The value ${at === 0 ? 'begins' : 'ends'} with ${text[at] === '\n' ? 'a newline' : 'white space'}.`,
      why: 'It is sent to the broker as part of the value, which the broker knows without it.',
      remedy: examination.provision(item.key),
    });
  }
  checkRoom(item, Buffer.byteLength(text), examination);
}
