// Writes the Microvisor system-call interface from assembly/abi/microvisor.json: the host's TypeScript and the
// declarations for an AssemblyScript guest. Called by tools/generate/generate.ts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.js';

const HEADER = '// Generated from assembly/abi/microvisor.json by tools/generate/microvisor.ts. Do not edit.\n';

/** Scalars: [size in bytes, DataView suffix, TypeScript type, AssemblyScript type]. */
export const SCALARS = {
  uint8_t: [1, 'Uint8', 'number', 'u8'],
  uint16_t: [2, 'Uint16', 'number', 'u16'],
  uint32_t: [4, 'Uint32', 'number', 'u32'],
  uint64_t: [8, 'BigUint64', 'bigint', 'u64'],
};

const snake = (name) => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
/** `v1.notification_handle` to `notification_handle`: the union has one version only. */
const plain = (field) => field.name.replace(/^v1\./, '');
const camel = (text) => text.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
const enumPrefix = (name) => `MV_${name.slice(2).toUpperCase()}_`;

/** What a C type is: 'pointer', 'struct' (with its name), or a scalar with its size. */
export function classify(abi, type, where) {
  if (type.endsWith('*')) return { kind: 'pointer', scalar: 'uint32_t' };
  const [word, name] = type.replace(/^const /, '').split(' ');
  if (word === 'struct') {
    if (!abi.structs[name]) throw new Error(`assembly/abi/microvisor.json: ${where} has the unknown type ${type}`);
    return { kind: 'struct', name };
  }
  if (word === 'enum') {
    if (!abi.enums[name]) throw new Error(`assembly/abi/microvisor.json: ${where} has the unknown type ${type}`);
    return { kind: 'scalar', scalar: abi.enums[name].bytes_on_arm === 1 ? 'uint8_t' : 'uint32_t', enum: name };
  }
  if (/^Mv\w+Handle$/.test(word)) return { kind: 'scalar', scalar: 'uint32_t' };
  if (!SCALARS[word]) throw new Error(`assembly/abi/microvisor.json: ${where} has the unknown type ${type}`);
  return { kind: 'scalar', scalar: word };
}

/** How much a pointer points to must be said by a number that stands beside it. */
function checkCounts(abi) {
  const lists = [
    ...Object.entries(abi.structs).map(([name, { fields }]) => [name, fields]),
    ...Object.entries(abi.functions).map(([name, { params }]) => [name, params]),
  ];
  for (const [name, items] of lists) {
    for (const { name: item, type, bytes, elements, optional } of items) {
      const counted = bytes ?? elements;
      if (!counted && !optional) continue;
      const other = items.find((other) => other.name === counted);
      if (!type.endsWith('*') || (counted && !/^uint(16|32)_t$/.test(other?.type)))
        throw new Error(`assembly/abi/microvisor.json: ${name} has no number ${counted} for ${item}`);
    }
  }
}

/** Every scalar and pointer field must have the size that its type has: the description is checked, not trusted. */
function check(abi) {
  checkCounts(abi);
  for (const [struct, { fields, size }] of Object.entries(abi.structs)) {
    for (const field of fields) {
      const where = `${struct}.${field.name}`;
      const found = classify(abi, field.type, where);
      const bytes = found.kind === 'struct' ? abi.structs[found.name].size : SCALARS[found.scalar][0];
      if (bytes !== field.size || field.offset % Math.min(bytes, 4) !== 0 || field.offset + bytes > size) {
        throw new Error(`assembly/abi/microvisor.json: ${where} has size ${field.size} at ${field.offset}`);
      }
    }
  }
  for (const [name, { params, statuses }] of Object.entries(abi.functions)) {
    for (const param of params) {
      if (classify(abi, param.type, `${name}(${param.name})`).kind === 'struct') {
        throw new Error(`assembly/abi/microvisor.json: ${name}(${param.name}) passes a struct by value`);
      }
    }
    for (const status of statuses) {
      if (!(status in abi.enums.MvStatus.values)) throw new Error(`${name}: unknown status ${status}`);
    }
  }
}

/** Fields with their absolute offsets; structs held by value are listed and then their own fields too. */
function flatten(abi, name, prefix = '', base = 0) {
  return abi.structs[name].fields.flatMap((field) => {
    const found = classify(abi, field.type, `${name}.${field.name}`);
    const path = prefix + plain(field);
    const own = { path, offset: base + field.offset, type: field.type };
    return found.kind === 'struct' ? [own, ...flatten(abi, found.name, `${path}_`, base + field.offset)] : [own];
  });
}

function assemblyScript(abi) {
  const lines = [HEADER];
  const seen = new Set();
  const constant = (name, type, value) => {
    if (seen.has(name)) throw new Error(`assembly/abi/microvisor.json gives ${name} twice`);
    seen.add(name);
    lines.push(`// @ts-ignore: decorator\n@inline export const ${name}: ${type} = ${value};`);
  };
  for (const { values } of Object.values(abi.enums)) {
    for (const [name, value] of Object.entries(values)) constant(name, 'i32', value);
  }
  for (const [name, { size }] of Object.entries(abi.structs)) {
    lines.push(`\n/* struct ${name}: byte offsets of its fields */`);
    for (const { path, offset } of flatten(abi, name)) {
      // A field that is itself called "size" would take the name of the struct's size.
      constant(`${snake(name)}_${path === 'size' ? 'SIZE_FIELD' : path.toUpperCase()}`, 'usize', offset);
    }
    constant(`${snake(name)}_SIZE`, 'usize', size);
  }
  lines.push('\n/* interrupt numbers of the STM32U585 */');
  for (const [handler, irq] of Object.entries(abi.irq_vectors_stm32u585)) {
    constant(handler.replace(/_IRQHandler$/, '_IRQn'), 'u32', irq);
  }
  for (const [name, { params, statuses }] of Object.entries(abi.functions)) {
    const list = params.map((param) => {
      const { kind } = classify(abi, param.type, name);
      return `${param.name}: ${kind === 'pointer' ? 'usize' : 'u32'}`;
    });
    lines.push(
      `\n/** ${params.map((p) => `${p.type} ${p.name}`).join(', ') || 'no parameters'}; gives ${statuses.join(', ')} */`,
    );
    lines.push(
      `// @ts-ignore: decorator\n@external("env", "${name}")\nexport declare function ${name}(${list.join(', ')}): i32;`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function enumText(name, { values }) {
  const prefix = enumPrefix(name);
  const lines = [`/** enum ${name}; each name stands without its prefix ${prefix}. */\nexport const ${name} = {`];
  for (const [key, value] of Object.entries(values)) {
    if (!key.startsWith(prefix)) throw new Error(`assembly/abi/microvisor.json: ${key} does not begin with ${prefix}`);
    const short = key.slice(prefix.length);
    lines.push(`  ${/^\d/.test(short) ? `'${short}'` : short}: ${value},`);
  }
  lines.push('} as const;', `export type ${name} = (typeof ${name})[keyof typeof ${name}];\n`);
  return lines.join('\n');
}

function structText(abi, name, { size, fields }) {
  const shape = [];
  const reads = [];
  const writes = [];
  const offsets = [];
  for (const field of fields) {
    const key = camel(plain(field));
    const found = classify(abi, field.type, `${name}.${field.name}`);
    offsets.push(`  ${key}: ${field.offset},`);
    const at = field.offset === 0 ? 'address' : `address + ${field.offset}`;
    if (found.kind === 'struct') {
      shape.push(`  ${key}: ${found.name};`);
      reads.push(`    ${key}: read${found.name}(view, ${at}),`);
      writes.push(`  write${found.name}(view, ${at}, value.${key});`);
      continue;
    }
    const [bytes, suffix, type] = SCALARS[found.scalar];
    shape.push(`  /** ${field.type} */\n  ${key}: ${type};`);
    reads.push(`    ${key}: view.get${suffix}(${at}${bytes > 1 ? ', true' : ''}),`);
    writes.push(`  view.set${suffix}(${at}, value.${key}${bytes > 1 ? ', true' : ''});`);
  }
  return [
    `/** struct ${name} (${size} bytes); field names in camelCase. */\nexport interface ${name} {`,
    ...shape,
    `}\n/** Byte offsets of the fields of struct ${name}. */\nexport const ${name}Layout = {`,
    ...offsets,
    `  SIZE: ${size},\n} as const;`,
    `/** Reads struct ${name}; throws RangeError past the end of memory. */`,
    `export function read${name}(view: DataView, address: number): ${name} {\n  return {`,
    ...reads,
    '  };\n}',
    `/** Writes struct ${name}; throws RangeError past the end of memory. */`,
    `export function write${name}(view: DataView, address: number, value: ${name}): void {`,
    ...writes,
    '}\n',
  ].join('\n');
}

function typeScript(abi) {
  const lines = [HEADER];
  for (const [name, entry] of Object.entries(abi.enums)) lines.push(enumText(name, entry));
  for (const [name, entry] of Object.entries(abi.structs)) lines.push(structText(abi, name, entry));
  lines.push('/** One system call: its parameters, all 32-bit integers in wasm, and the statuses that it may give. */');
  lines.push(
    'export interface SystemCall {\n  readonly params: readonly { readonly name: string; readonly type: string }[];',
  );
  lines.push('  readonly statuses: readonly MvStatus[];\n}\n');
  lines.push('/** Every system call of the SDK by its C name. */\nexport const systemCalls = {');
  for (const [name, { params, statuses }] of Object.entries(abi.functions)) {
    const list = params.map((p) => `{ name: '${p.name}', type: '${p.type}' }`).join(', ');
    const codes = statuses.map((status) => abi.enums.MvStatus.values[status]).join(', ');
    lines.push(`  /** ${statuses.map((status) => status.slice('MV_STATUS_'.length)).join(', ')} */`);
    lines.push(`  ${name}: { params: [${list}], statuses: [${codes}] },`);
  }
  lines.push('} as const satisfies Record<string, SystemCall>;\n');
  lines.push('export type SystemCallName = keyof typeof systemCalls;\n');
  lines.push('/** The name of the interrupt handler for each interrupt number of the STM32U585. */');
  lines.push('export const interruptHandlers: Readonly<Record<number, string>> = {');
  for (const [handler, irq] of Object.entries(abi.irq_vectors_stm32u585)) lines.push(`  ${irq}: '${handler}',`);
  lines.push('};\n');
  lines.push(
    '/** The name of one value of an enum: `nameOf(MvStatus, 2)` is `PARAMETERFAULT`; unknown values give the number. */',
  );
  lines.push('export function nameOf(values: Readonly<Record<string, number>>, value: number): string {');
  lines.push('  return Object.keys(values).find((key) => values[key] === value) ?? String(value);\n}\n');
  return lines.join('\n');
}

/**
 * The description of the system calls.
 * @throws Error when it contradicts itself (unknown type, wrong size, a name given twice)
 */
export function readMicrovisorAbi() {
  const abi = JSON.parse(readFileSync(join(root, 'assembly/abi/microvisor.json'), 'utf8'));
  check(abi);
  return abi;
}

/**
 * The sources that follow from the description.
 * @returns {Record<string, string>} path relative to the project, text
 */
export function generateMicrovisor(abi) {
  return {
    'build/abi/microvisor.ts': typeScript(abi),
    'build/abi/microvisor-assembly.ts': assemblyScript(abi),
  };
}
