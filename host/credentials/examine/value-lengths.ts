import type { Examination, Item } from './examination.js';
import { DEMO_RECEIVE_BYTES, MAX_VALUE_CHARACTERS, ruleOf } from './store-keys.js';

/** An empty value is worse than none, because an application takes it for a value. Returns whether there is text. */
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

/** The limit of our stores. Another cloud may have accepted more. */
export function checkStoreLimit(item: Item, text: string, examination: Examination): void {
  const { length } = [...text];
  if (length <= MAX_VALUE_CHARACTERS) return;
  examination.add(item, {
    trap: 'value-too-long',
    what: `The value has ${length} characters, and the stores take ${MAX_VALUE_CHARACTERS}.`,
    why: 'The store refuses it, or the device does not get the whole value.',
    remedy: `${examination.provision(item.key)}, with ${shorter(item)}`,
  });
}

/** Whether the application has room for the value. @param bytes length as the application keeps it: text, or DER */
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
      : `No application with buffers of the usual size can take it; that of this package has ${appBytes} bytes.`,
    remedy: `${examination.provision(item.key)}, with ${shorter(item)}; or make the buffer larger`,
  });
}

/** All values go into one buffer when the device fetches them together. */
export function checkTogether(items: Iterable<Item>, examination: Examination): void {
  let bytes = 0;
  const { stored } = examination.options;
  for (const { key, value = '' } of items) bytes += Buffer.byteLength(stored?.[key] ?? value);
  if (bytes <= DEMO_RECEIVE_BYTES) return;
  examination.add(
    { where: 'stores' },
    {
      severity: 'warning',
      trap: 'too-long-together',
      what: `The values have ${bytes} bytes together, and the demo application receives them in a buffer of ${DEMO_RECEIVE_BYTES}.`,
      why: 'A fetch of all keys fails, although each value fits.',
      remedy: 'use certificates and a key of type EC P-256, which are much shorter; or make the buffer larger',
    },
  );
}

function shorter({ key }: Item): string {
  const { holds } = ruleOf(key);
  if (holds === 'certificates') return 'fewer certificates, or certificates of type EC P-256';
  return holds === 'private key' ? 'a key of type EC P-256' : 'a shorter value';
}
