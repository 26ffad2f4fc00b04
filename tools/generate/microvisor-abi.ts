// The Microvisor system calls: what assembly/abi/microvisor.json says, checked.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.js';

const FILE = 'assembly/abi/microvisor.json';

/** A parameter or a field. `bytes` or `elements` names the number that says how much a pointer points to. */
export interface Item {
  name: string;
  /** A type of C. */
  type: string;
  bytes?: string;
  elements?: string;
  /** May be NULL. */
  optional?: boolean;
}

export interface StructField extends Item {
  offset: number;
  size: number;
  /** The value that another field must have, so that this one is looked at. */
  when?: Record<string, number>;
}

export interface Struct {
  size: number;
  align: number;
  fields: StructField[];
}

export interface Enumeration {
  values: Record<string, number>;
  /** 1 where compilers for ARM take a byte. */
  bytes_on_arm: number;
}

export interface SystemCall {
  /** The group of calls that it belongs to. */
  family: string;
  params: Item[];
  statuses: string[];
}

export interface MicrovisorAbi {
  enums: Record<string, Enumeration>;
  structs: Record<string, Struct>;
  functions: Record<string, SystemCall>;
  irq_vectors_stm32u585: Record<string, number>;
}

export type ScalarName = 'uint8_t' | 'uint16_t' | 'uint32_t' | 'uint64_t';

interface Scalar {
  bytes: number;
  /** The end of the name of the DataView methods for it. */
  suffix: string;
  typeScript: string;
  assemblyScript: string;
}

export const SCALARS: Record<ScalarName, Scalar> = {
  uint8_t: { bytes: 1, suffix: 'Uint8', typeScript: 'number', assemblyScript: 'u8' },
  uint16_t: { bytes: 2, suffix: 'Uint16', typeScript: 'number', assemblyScript: 'u16' },
  uint32_t: { bytes: 4, suffix: 'Uint32', typeScript: 'number', assemblyScript: 'u32' },
  uint64_t: { bytes: 8, suffix: 'BigUint64', typeScript: 'bigint', assemblyScript: 'u64' },
};

/** What a type of C is: a pointer and a scalar with the scalar that holds them, or a structure by its name. */
export type Kind = { kind: 'pointer' | 'scalar'; scalar: ScalarName } | { kind: 'struct'; name: string };

export const isPointer = (type: string): boolean => type.endsWith('*');

export function classify(abi: MicrovisorAbi, type: string, where: string): Kind {
  if (isPointer(type)) return { kind: 'pointer', scalar: 'uint32_t' };
  const [word, name] = type.replace(/^const /, '').split(' ');
  if (word === 'struct' && abi.structs[name]) return { kind: 'struct', name };
  if (word === 'enum' && abi.enums[name])
    return { kind: 'scalar', scalar: abi.enums[name].bytes_on_arm === 1 ? 'uint8_t' : 'uint32_t' };
  if (/^Mv\w+Handle$/.test(word)) return { kind: 'scalar', scalar: 'uint32_t' };
  if (word in SCALARS) return { kind: 'scalar', scalar: word as ScalarName };
  throw new Error(`${FILE}: ${where} has the unknown type ${type}`);
}

/** `v1.notification_handle` as `notification_handle`: the union has one version only. */
export const plainName = (field: StructField): string => field.name.replace(/^v1\./, '');

/** The prefix of the names of an enumeration's values. */
export const enumPrefix = (name: string): string => `MV_${name.slice(2).toUpperCase()}_`;

/** The values of an enumeration by their names without the prefix. */
export function shortValues(name: string, { values }: Enumeration): [string, number][] {
  const prefix = enumPrefix(name);
  return Object.entries(values).map(([key, value]) => {
    if (!key.startsWith(prefix)) throw new Error(`${FILE}: ${key} does not begin with ${prefix}`);
    return [key.slice(prefix.length), value];
  });
}

/** A number beside each pointer must say how much it points to. */
function checkCounts(abi: MicrovisorAbi): void {
  const lists: [string, Item[]][] = [
    ...Object.entries(abi.structs).map(([name, { fields }]): [string, Item[]] => [name, fields]),
    ...Object.entries(abi.functions).map(([name, { params }]): [string, Item[]] => [name, params]),
  ];
  for (const [name, items] of lists) {
    for (const { name: item, type, bytes, elements, optional } of items) {
      const counted = bytes ?? elements;
      if (!counted && !optional) continue;
      const other = items.find((candidate) => candidate.name === counted);
      if (!isPointer(type) || (counted && !/^uint(16|32)_t$/.test(other?.type ?? '')))
        throw new Error(`${FILE}: ${name} has no number ${counted} for ${item}`);
    }
  }
}

function checkStructs(abi: MicrovisorAbi): void {
  for (const [struct, { fields, size }] of Object.entries(abi.structs)) {
    for (const field of fields) {
      const where = `${struct}.${field.name}`;
      const found = classify(abi, field.type, where);
      const bytes = found.kind === 'struct' ? abi.structs[found.name].size : SCALARS[found.scalar].bytes;
      if (bytes !== field.size || field.offset % Math.min(bytes, 4) !== 0 || field.offset + bytes > size)
        throw new Error(`${FILE}: ${where} has size ${field.size} at ${field.offset}`);
    }
  }
}

function checkFunctions(abi: MicrovisorAbi): void {
  for (const [name, { params, statuses }] of Object.entries(abi.functions)) {
    for (const param of params) {
      if (classify(abi, param.type, `${name}(${param.name})`).kind === 'struct')
        throw new Error(`${FILE}: ${name}(${param.name}) passes a struct by value`);
    }
    const unknown = statuses.find((status) => !(status in abi.enums.MvStatus.values));
    if (unknown) throw new Error(`${FILE}: ${name} has the unknown status ${unknown}`);
  }
}

/**
 * Reads the description of the system calls.
 * @throws Error when it contradicts itself: an unknown type, a wrong size, a pointer without the number that counts for it
 */
export function readMicrovisorAbi(): MicrovisorAbi {
  const abi: MicrovisorAbi = JSON.parse(readFileSync(join(root, FILE), 'utf8'));
  checkCounts(abi);
  checkStructs(abi);
  checkFunctions(abi);
  return abi;
}
