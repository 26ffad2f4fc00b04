/**
 * The types of names that OpenSSL and we judge alike: UTF8, Numeric, Printable, Teletex, IA5 and BMPString. OpenSSL refuses
 * other types, and checks the characters of a UniversalString, in attributes other than commonName. We accept them:
 * AttributeValue is ANY (RFC 5280 4.1.2.4), and the record reports its type. That is the only such difference.
 */
const NAME_TYPES = new Set([12, 18, 19, 20, 22, 30]);

/** The types of the values of all attributes: the second element of a SEQUENCE in a SET (RFC 5280 4.1.2.4). */
function valueTypes(der: Buffer, found: number[] = [], start = 0, end = der.length, path = ''): number[] {
  let index = 0;
  for (let at = start; at < end; index++) {
    const tag = der[at];
    const octets = der[at + 1] > 0x7f ? der[at + 1] & 0x7f : 0;
    const content = at + 2 + octets;
    const next = content + (octets === 0 ? der[at + 1] : der.readUIntBE(at + 2, octets));
    if (path.endsWith('/31/30') && index === 1) found.push(tag);
    if (tag & 0x20) valueTypes(der, found, content, next, `${path}/${tag.toString(16)}`);
    at = next;
  }
  return found;
}

/** Whether an accepted structure has an attribute with another type. */
export function hasOtherType(der: Buffer): boolean {
  return valueTypes(der).some((type) => !NAME_TYPES.has(type));
}
