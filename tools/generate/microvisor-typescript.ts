// Writes build/abi/microvisor.ts: the system calls as the TypeScript of host/ has them.
import {
  classify,
  type Enumeration,
  enumPrefix,
  type MicrovisorAbi,
  plainName,
  SCALARS,
  type Struct,
  shortValues,
} from './microvisor-abi.js';
import { camel } from './names.js';

const HEADER =
  '// Generated from assembly/abi/microvisor.json by tools/generate/microvisor-typescript.ts. Do not edit.\n';

function enumText(name: string, entry: Enumeration): string {
  const lines = [
    `/** enum ${name}; its names are without the prefix ${enumPrefix(name)}. */\nexport const ${name} = {`,
  ];
  for (const [short, value] of shortValues(name, entry))
    lines.push(`  ${/^\d/.test(short) ? `'${short}'` : short}: ${value},`);
  lines.push('} as const;', `export type ${name} = (typeof ${name})[keyof typeof ${name}];\n`);
  return lines.join('\n');
}

function structText(abi: MicrovisorAbi, name: string, { size, fields }: Struct): string {
  const shape: string[] = [];
  const reads: string[] = [];
  const writes: string[] = [];
  const offsets: string[] = [];
  for (const field of fields) {
    const key = camel(plainName(field));
    const found = classify(abi, field.type, `${name}.${field.name}`);
    offsets.push(`  ${key}: ${field.offset},`);
    const at = field.offset === 0 ? 'address' : `address + ${field.offset}`;
    if (found.kind === 'struct') {
      shape.push(`  ${key}: ${found.name};`);
      reads.push(`    ${key}: read${found.name}(view, ${at}),`);
      writes.push(`  write${found.name}(view, ${at}, value.${key});`);
      continue;
    }
    const { bytes, suffix, typeScript } = SCALARS[found.scalar];
    const littleEndian = bytes > 1 ? ', true' : '';
    shape.push(`  /** ${field.type} */\n  ${key}: ${typeScript};`);
    reads.push(`    ${key}: view.get${suffix}(${at}${littleEndian}),`);
    writes.push(`  view.set${suffix}(${at}, value.${key}${littleEndian});`);
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

const SYSTEM_CALL = `/** One system call: its parameters, and the statuses that it may return. */
export interface SystemCall {
  readonly params: readonly { readonly name: string; readonly type: string }[];
  readonly statuses: readonly MvStatus[];
}
`;

const CALL_SIGNATURES = `/** A type of WASM. */
export type WasmType = 'i32' | 'i64';

/** The types of the parameters of each system call in WASM. Each returns one i32, its status. */
export const callSignatures = {`;

function systemCalls(abi: MicrovisorAbi): string[] {
  const lines = [SYSTEM_CALL, '/** Every system call of the SDK by its C name. */\nexport const systemCalls = {'];
  for (const [name, { params, statuses }] of Object.entries(abi.functions)) {
    const list = params.map((param) => `{ name: '${param.name}', type: '${param.type}' }`).join(', ');
    const codes = statuses.map((status) => abi.enums.MvStatus.values[status]).join(', ');
    lines.push(`  /** ${statuses.map((status) => status.slice(enumPrefix('MvStatus').length)).join(', ')} */`);
    lines.push(`  ${name}: { params: [${list}], statuses: [${codes}] },`);
  }
  return [
    ...lines,
    '} as const satisfies Record<string, SystemCall>;\n',
    'export type SystemCallName = keyof typeof systemCalls;\n',
  ];
}

function callSignatures(abi: MicrovisorAbi): string[] {
  const lines = [CALL_SIGNATURES];
  for (const [name, { params }] of Object.entries(abi.functions)) {
    const types = params.map((param) => {
      const found = classify(abi, param.type, `${name}(${param.name})`);
      return found.kind === 'scalar' && SCALARS[found.scalar].bytes === 8 ? "'i64'" : "'i32'";
    });
    lines.push(`  ${name}: [${types.join(', ')}],`);
  }
  return [...lines, '} as const satisfies Record<SystemCallName, readonly WasmType[]>;\n'];
}

const NAME_OF = `/** The name of one value of an enum: \`nameOf(MvStatus, 2)\` is \`PARAMETERFAULT\`. An unknown value is returned as its digits. */
export function nameOf(values: Readonly<Record<string, number>>, value: number): string {
  return Object.keys(values).find((key) => values[key] === value) ?? String(value);
}
`;

/** The text of build/abi/microvisor.ts. */
export function microvisorTypeScript(abi: MicrovisorAbi): string {
  const handlers = Object.entries(abi.irq_vectors_stm32u585);
  return [
    HEADER,
    ...Object.entries(abi.enums).map(([name, entry]) => enumText(name, entry)),
    ...Object.entries(abi.structs).map(([name, entry]) => structText(abi, name, entry)),
    ...systemCalls(abi),
    ...callSignatures(abi),
    '/** The name of the interrupt handler for each interrupt number of the STM32U585. */',
    'export const interruptHandlers: Readonly<Record<number, string>> = {',
    ...handlers.map(([handler, irq]) => `  ${irq}: '${handler}',`),
    '};\n',
    NAME_OF,
  ].join('\n');
}
