// How generated AssemblyScript is written: an enumeration for a group of constants, a class for the layout of a structure.

/** A line that is at most this long needs no break. */
const WIDTH = 120;

export interface Member {
  name: string;
  value: number;
  doc?: string;
}

const comment = (doc: string | undefined, indent = '') => (doc ? [`${indent}/** ${doc} */`] : []);

/** A member that is not used leaves nothing in the module. */
export function enumeration(name: string, doc: string | undefined, members: readonly Member[]): string {
  const lines = members.flatMap((member) => [...comment(member.doc, '  '), `  ${member.name} = ${member.value},`]);
  return [...comment(doc), `export enum ${name} {`, ...lines, '}', ''].join('\n');
}

export interface ViewField {
  name: string;
  /** A number of AssemblyScript: u8, u16, u32, u64, i32, i64, usize. */
  type: string;
  /** Bytes of one value. */
  bytes: number;
  offset: number;
  doc?: string;
  /** How many values follow each other; the field is the first. */
  count?: number;
}

export interface View {
  name: string;
  doc: string;
  /** The class whose fields come first; they are not among `fields`. */
  base?: string;
  fields: readonly ViewField[];
  /** More constants of the class, beside SIZE. */
  sizes: Readonly<Record<string, { value: number; doc: string }>>;
}

/** Classes have no arrays: the values after the first are fields that nobody names. */
function rest({ name, bytes, offset, count = 1 }: ViewField): string[] {
  const end = offset + bytes * count;
  const fields: string[] = [];
  for (let at = offset + bytes; at < end; ) {
    const size = at % 8 === 0 && end - at >= 8 ? 8 : 4;
    fields.push(`private ${name}${at}: u${8 * size};`);
    at += size;
  }
  const lines: string[] = [];
  for (let at = 0; at < fields.length; at += 5) lines.push(`  ${fields.slice(at, at + 5).join(' ')}`);
  return lines.length > 0 ? [`  // The other ${count - 1} words of ${name}, by their offsets.`, ...lines] : [];
}

/** Stops the compiler when its layout is another one. */
function check({ name, fields }: View): string[] {
  const lines = ['if ('];
  let line = ' ';
  for (const [index, field] of fields.entries()) {
    const term = `offsetof<${name}>('${field.name}') != ${field.offset}${index < fields.length - 1 ? ' ||' : ''}`;
    if (line.length + 1 + term.length > WIDTH) {
      lines.push(line);
      line = ' ';
    }
    line += ` ${term}`;
  }
  return [...lines, line, ')', `  ERROR('the compiler lays out ${name} otherwise than its description');`];
}

/** A class over memory, with the check of its layout. It is used by `changetype<Name>(address)` and has no state of its own. */
export function view(description: View): string {
  const { name, doc, base, fields, sizes } = description;
  const constants = Object.entries(sizes).flatMap(([size, { value, doc: text }]) => [
    ...comment(text, '  '),
    `  static readonly ${size}: usize = ${value};`,
  ]);
  const members = fields.flatMap((field) => [
    ...comment(field.doc, '  '),
    `  ${field.name}: ${field.type};`,
    ...rest(field),
  ]);
  return [
    ...comment(doc),
    '@unmanaged',
    `export class ${name}${base ? ` extends ${base}` : ''} {`,
    ...constants,
    ...members,
    '}',
    ...check(description),
    '',
  ].join('\n');
}
