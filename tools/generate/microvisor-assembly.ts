// Writes build/abi/microvisor-assembly.ts: the system calls as an AssemblyScript guest has them.
import { enumeration, type ViewField, view } from './assembly-text.js';
import { classify, isPointer, type MicrovisorAbi, plainName, SCALARS, shortValues } from './microvisor-abi.js';
import { camel } from './names.js';

const HEADER =
  '// Generated from assembly/abi/microvisor.json by tools/generate/microvisor-assembly.ts. Do not edit.\n';

/** The fields of a structure, with the fields of those that it holds by value in their places: `host.data` is `hostData`. */
function flatten(abi: MicrovisorAbi, name: string, prefix = '', base = 0): ViewField[] {
  return abi.structs[name].fields.flatMap((field): ViewField[] => {
    const path = prefix + plainName(field);
    const offset = base + field.offset;
    const found = classify(abi, field.type, `${name}.${field.name}`);
    if (found.kind === 'struct') return flatten(abi, found.name, `${path}_`, offset);
    const { bytes, assemblyScript } = SCALARS[found.scalar];
    const type = found.kind === 'pointer' ? 'usize' : assemblyScript;
    return [{ name: camel(path), type, bytes, offset, doc: field.type }];
  });
}

function structText(abi: MicrovisorAbi, name: string): string {
  return view({
    name,
    doc: `struct ${name}; field names in camelCase, those of inner structures behind the name of the outer field.`,
    fields: flatten(abi, name),
    sizes: { SIZE: { value: abi.structs[name].size, doc: 'bytes of the structure' } },
  });
}

function functionText(abi: MicrovisorAbi, name: string): string {
  const { params, statuses } = abi.functions[name];
  const list = params.map((param) => `${param.name}: ${isPointer(param.type) ? 'usize' : 'u32'}`);
  const types = params.map((param) => `${param.type} ${param.name}`).join(', ') || 'no parameters';
  return [
    `/** ${types}; returns ${statuses.join(', ')} */`,
    '// @ts-ignore: decorator',
    `@external("env", "${name}")`,
    `export declare function ${name}(${list.join(', ')}): i32;`,
    '',
  ].join('\n');
}

/** The text of build/abi/microvisor-assembly.ts. */
export function microvisorAssembly(abi: MicrovisorAbi): string {
  const interrupts = Object.entries(abi.irq_vectors_stm32u585).map(([handler, irq]) => ({
    name: handler.replace(/_IRQHandler$/, ''),
    value: irq,
  }));
  return [
    HEADER,
    ...Object.entries(abi.enums).map(([name, entry]) => {
      const members = shortValues(name, entry).map(([short, value]) => ({ name: short, value }));
      return enumeration(name, `enum ${name}; its names are without their prefix.`, members);
    }),
    enumeration('Interrupt', 'Interrupt numbers of the STM32U585.', interrupts),
    ...Object.keys(abi.structs).map((name) => structText(abi, name)),
    ...Object.keys(abi.functions).map((name) => functionText(abi, name)),
  ].join('\n');
}
