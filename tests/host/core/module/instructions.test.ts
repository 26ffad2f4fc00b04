import binaryen from 'binaryen';
import { describe, expect, it } from 'vitest';
import { moduleBytes } from '../support/bare-core.js';

/** What the core must not contain: growth of memory, floating point, and indirect calls, which could hide a recursion. */
const FOREIGN = /\b(memory\.grow|call_indirect|f32\.\w+|f64\.\w+)\b|\b(?:param|result|local|mut)[^()]*\b(f32|f64)\b/g;

function foreign(module: binaryen.Module): string[] {
  return [...new Set(module.emitText().match(FOREIGN) ?? [])];
}

/** The functions that can reach themselves. */
function recursive(module: binaryen.Module): string[] {
  const calls = new Map<string, string[]>();
  for (const part of module
    .emitText()
    .split(/^ \(func /m)
    .slice(1)) {
    const [name] = part.split(/[\s)]/, 1);
    calls.set(
      name,
      [...part.matchAll(/\(call (\$[^\s()]+)/g)].map(([, callee]) => callee),
    );
  }
  const reach = (name: string, seen: Set<string>): Set<string> => {
    for (const callee of calls.get(name) ?? []) if (!seen.has(callee)) reach(callee, seen.add(callee));
    return seen;
  };
  return [...calls.keys()].filter((name) => reach(name, new Set()).has(name));
}

describe.each(['core.wasm', 'core.simd.wasm'] as const)('build/%s', (name) => {
  const module = binaryen.readBinary(moduleBytes(name));

  it('has no instruction that grows memory, no floating point and no indirect call', () => {
    expect(foreign(module)).toEqual([]);
  });

  it('has no recursion: its stack is bounded', () => {
    expect(recursive(module)).toEqual([]);
  });
});

it('the checks find a module that grows its memory, uses floating point or calls itself', () => {
  const module = binaryen.parseText(`(module (memory 1) (table 1 funcref)
    (func $grow (result i32) (memory.grow (i32.const 1)))
    (func $float (param f64) (result f64) (f64.add (local.get 0) (local.get 0)))
    (func $even (call $odd)) (func $odd (call $even)) (func $any (call_indirect (i32.const 0))))`);
  expect(foreign(module).join()).toMatch(/memory\.grow.*param.*f64.*f64\.add.*call_indirect/);
  expect(recursive(module)).toEqual(['$even', '$odd']);
});
