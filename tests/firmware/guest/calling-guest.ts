import binaryen from 'binaryen';
import { abi } from './stand-in.js';

/** The address from which the wrappers read the parameters of a call, one word each. */
export const PARAMETERS = 16;

/** Assembles a module from its text. */
export function assemble(wat: string): Buffer {
  const module = binaryen.parseText(wat);
  try {
    if (!module.validate()) throw new Error('the module does not validate');
    return Buffer.from(module.emitBinary());
  } finally {
    module.dispose();
  }
}

const importOf = (name: string) => {
  const parameters = abi.functions[name].params.map(() => '(param i32)').join(' ');
  return `(import "env" "${name}" (func $${name} ${parameters} (result i32)))`;
};

const wrapperOf = (name: string) => {
  const parameters = abi.functions[name].params.map((_, i) => `(i32.load (i32.const ${PARAMETERS + 4 * i}))`);
  return `(func (export "${name}") (result i32) (call $${name} ${parameters.join(' ')}))`;
};

/** A guest with an export for each call, which makes it and returns its status. */
export function callingGuest(names: string[], pages = 1, more = ''): Buffer {
  return assemble(`(module
    ${names.map(importOf).join('\n')}
    (memory (export "memory") ${pages})
    (func (export "mv_app_start"))
    ${names.map(wrapperOf).join('\n')}
    ${more})`);
}
