/**
 * The one thing that OpenSSL refuses and we accept: the value of an attribute other than commonName with a type that names do
 * not have, or a UniversalString, whose characters OpenSSL checks. AttributeValue is ANY (RFC 5280 4.1.2.4), the
 * record tells its type. These are the other types of names, which both judge alike: UTF8, Numeric, Printable, Teletex, IA5
 * and BMPString.
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

/** Whether a structure that was read has an attribute with a type that names do not have. */
export function hasOtherType(der: Buffer): boolean {
  return valueTypes(der).some((type) => !NAME_TYPES.has(type));
}
