// The system calls as declarations of C: what the headers for the device and for guests have in common.
import { comment, prototype } from '../c-text.js';
import {
  classify,
  type Enumeration,
  isPointer,
  type MicrovisorAbi,
  type Struct,
  type SystemCall,
} from '../microvisor-abi.js';

/** `const uint8_t*` and a name as C writes them. */
const declare = (type: string, name: string) =>
  isPointer(type) ? `${type.replace(/(\**)$/, ' $1')}${name}` : `${type} ${name}`;

function enumeration(name: string, { values, bytes_on_arm: bytes }: Enumeration): string[] {
  const members = Object.entries(values).map(([key, value]) => `  ${key} = ${value}`);
  // Compilers for ARM take the narrowest type that holds every value.
  if (bytes === 4) members.push(`  ${name.replace(/^Mv/, 'MV_').toUpperCase()}_IS_A_WORD = 0x7fffffff`);
  return [`enum ${name} {`, members.join(',\n'), '};', ''];
}

/** The types of handles that structures and calls name, in order. */
function handleTypes(abi: MicrovisorAbi): string[] {
  const fields = Object.values(abi.structs).flatMap((struct) => struct.fields);
  const params = Object.values(abi.functions).flatMap((call) => call.params);
  const types = [...fields, ...params].flatMap(({ type }) => type.match(/^Mv\w+Handle\b/) ?? []);
  return [...new Set(types)].sort();
}

/** Members; those named `v1.x` are in a structure `v1`. */
function structure(name: string, { fields }: Struct): string[] {
  const lines = [`struct ${name} {`];
  const versioned = fields.filter((field) => field.name.startsWith('v1.'));
  for (const field of fields.filter((field) => !versioned.includes(field)))
    lines.push(`  ${declare(field.type, field.name)};`);
  if (versioned.length > 0) {
    lines.push('  struct {');
    for (const field of versioned) lines.push(`    ${declare(field.type, field.name.slice('v1.'.length))};`);
    lines.push('  } v1;');
  }
  return [...lines, '};', ''];
}

/** Structures in an order in which each comes after those that it holds by value. */
function ordered(abi: MicrovisorAbi): string[] {
  const done = new Set<string>();
  const visit = (name: string) => {
    if (done.has(name)) return;
    for (const field of abi.structs[name].fields) {
      const found = classify(abi, field.type, name);
      if (found.kind === 'struct') visit(found.name);
    }
    done.add(name);
  };
  Object.keys(abi.structs).forEach(visit);
  return [...done];
}

function callText(name: string, { params, statuses }: SystemCall): string[] {
  const short = statuses.map((status) => status.slice('MV_STATUS_'.length));
  const parameters = params.map((param) => declare(param.type, param.name));
  return [...comment([`${name} returns ${short.join(', ')}.`]), ...prototype(`enum MvStatus ${name}`, parameters), ''];
}

/**
 * Handles, enumerations, structures and prototypes, by their names in the SDK.
 * @param handle how a type of handles is declared
 */
export function declarations(abi: MicrovisorAbi, handle: (type: string) => string): string[] {
  return [
    ...handleTypes(abi).map(handle),
    '',
    ...Object.entries(abi.enums).flatMap(([name, entry]) => enumeration(name, entry)),
    ...ordered(abi).flatMap((name) => structure(name, abi.structs[name])),
    ...Object.entries(abi.functions).flatMap(([name, entry]) => callText(name, entry)),
  ];
}
