const HASH = 0x23;
const PLUS = 0x2b;
const SLASH = 0x2f;
const DOLLAR = 0x24;

/**
 * Whether a text is surely a Topic Filter: each wildcard fills its level, and # is the last character (MQTT-4.7.1-1, -2). False for
 * one that begins with $: it may be a shared subscription, which has rules of its own (4.8.2).
 *
 * @param isName whether it has characters, and no wildcard among them
 */
export function isSurelyFilter(text: string, isName: boolean): boolean {
  const { length } = text;
  if (length === 0 || text.charCodeAt(0) === DOLLAR) return false;
  if (isName) return true;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code !== HASH && code !== PLUS) continue;
    if (index > 0 && text.charCodeAt(index - 1) !== SLASH) return false;
    if (index + 1 < length && (code === HASH || text.charCodeAt(index + 1) !== SLASH)) return false;
  }
  return true;
}
