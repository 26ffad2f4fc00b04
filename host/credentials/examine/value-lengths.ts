import type { Examination, Item } from './examination.js';
import { DEMO_RECEIVE_BYTES, MAX_VALUE_CHARACTERS, ruleOf } from './store-keys.js';

/** client-id, username, password. */
export function checkText(item: Item, text: string, examination: Examination): void {
  const at = /^\s/.test(text) ? 0 : text.trimEnd().length;
  if (at < text.length) {
    examination.add(item, {
      severity: 'warning',
      spot: `character ${at + 1}`,
      trap: 'space-around-value',
      what: `The value ${at === 0 ? 'begins' : 'ends'} with ${text[at] === '\n' ? 'a newline' : 'white space'}.`,
      why: 'It is sent to the broker as part of the value, and the broker knows it without.',
      remedy: examination.provision(item.key),
    });
  }
  checkRoom(item, Buffer.byteLength(text), examination);
}

/** An empty value is worse than none: an application takes it for a value. */
export function checkNotEmpty(item: Item, text: string, examination: Examination): boolean {
  if (text !== '') return true;
  examination.add(item, {
    trap: 'empty-value',
    what: 'The value is empty.',
    why: 'The device takes it for a value and cannot use it.',
    remedy: `${examination.provision(item.key)}, or delete the key`,
  });
  return false;
}

/** The store's own limit; a store elsewhere may have let more in. */
export function checkStoreLimit(item: Item, text: string, examination: Examination): void {
  const { length } = [...text];
  if (length <= MAX_VALUE_CHARACTERS) return;
  examination.add(item, {
    trap: 'value-too-long',
    what: `The value has ${length} characters, and the stores take ${MAX_VALUE_CHARACTERS}.`,
    why: 'The store refuses it, or the device gets no whole value.',
    remedy: `${examination.provision(item.key)}, with ${shorter(item)}`,
  });
}

/** @param bytes of the value as the application keeps it: text, or DER */
export function checkRoom(item: Item, bytes: number, examination: Examination): void {
  const { demoBytes = Infinity, appBytes = Infinity } = ruleOf(item.key);
  if (bytes <= Math.min(demoBytes, appBytes)) return;
  const fitsHere = bytes <= appBytes;
  examination.add(item, {
    severity: fitsHere ? 'warning' : 'error',
    trap: 'too-long-for-application',
    what: `The value takes ${bytes} bytes, and the demo application has a buffer of ${demoBytes}.`,
    why: fitsHere
      ? `The demo application cannot take it; the application of this package has ${appBytes} bytes.`
      : `No application with buffers of the usual size takes it; that of this package has ${appBytes} bytes.`,
    remedy: `${examination.provision(item.key)}, with ${shorter(item)}; or make the buffer larger`,
  });
}

/** All values come into one buffer when the device fetches them. */
export function checkTogether(items: Iterable<Item>, examination: Examination): void {
  let bytes = 0;
  for (const { value = '' } of items) bytes += Buffer.byteLength(value);
  if (bytes <= DEMO_RECEIVE_BYTES) return;
  examination.add(
    { where: 'stores' },
    {
      severity: 'warning',
      trap: 'too-long-together',
      what: `The values have ${bytes} bytes together, and the demo application receives them in a buffer of ${DEMO_RECEIVE_BYTES}.`,
      why: 'A fetch of all keys fails on it, though each value fits.',
      remedy: 'use certificates and a key of type EC P-256, which are much shorter; or make the buffer larger',
    },
  );
}

function shorter({ key }: Item): string {
  const { holds } = ruleOf(key);
  if (holds === 'certificates') return 'fewer certificates, or such of type EC P-256';
  return holds === 'private key' ? 'a key of type EC P-256' : 'a shorter value';
}
