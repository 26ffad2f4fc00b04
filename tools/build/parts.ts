// Records in core.wasm which functions each part of it needs, so that an engine can compile only some parts.
import { readFileSync, writeFileSync } from 'node:fs';
import binaryen from 'binaryen';

const CUSTOM_SECTION = 0;
/** host/wasm3/wq_module.c looks for it. */
const NAME = 'parts';

/** What this needs of the ABI: the parts in the order of WQ_PART_*, and the part of each export. */
export interface Exports {
  parts: readonly string[];
  exports: readonly { name: string; part: string }[];
}

interface CallGraph {
  /** Numbers of functions by name. */
  place: Map<string, number>;
  /** Direct callees of each function. */
  calls: number[][];
}

/** Below 128 an unsigned LEB128 is the number itself (WebAssembly 5.2.2). */
function short(length: number): number {
  if (length > 127) throw new Error(`tools/build/parts.ts: ${length} does not fit into one byte; write it as LEB128`);
  return length;
}

function callGraph(module: binaryen.Module): CallGraph {
  const count = module.getNumFunctions();
  const names = Array.from({ length: count }, (_, i) => binaryen.getFunctionInfo(module.getFunctionByIndex(i)).name);
  const place = new Map(names.map((name, index) => [name, index]));
  const numberOf = (name: string): number => {
    const number = place.get(name);
    if (number === undefined) throw new Error(`tools/build/parts.ts: the core has no function ${name}`);
    return number;
  };
  // Each function begins with "(func $name" at one indent, each call with "(call $name".
  const bodies = module
    .emitText()
    .split(/^ \(func \$/m)
    .slice(1);
  const calls: number[][] = names.map(() => []);
  for (const body of bodies) {
    // A call through a table could reach any function: none could be left out.
    if (body.includes('call_indirect'))
      throw new Error('tools/build/parts.ts: the core calls through a table; name the functions that it may reach');
    const [caller] = body.split(/[\s)]/, 1);
    calls[numberOf(caller)] = [...body.matchAll(/\(call \$([^\s)]+)/g)].map(([, name]) => numberOf(name));
  }
  return { place, calls };
}

function reachable(from: readonly number[], calls: CallGraph['calls']): Set<number> {
  const seen = new Set(from);
  for (const index of seen) for (const callee of calls[index]) seen.add(callee);
  return seen;
}

/**
 * Appends the custom section: for each part of the ABI, in the order of WQ_PART_*, a bit for each function of the module,
 * the lowest bit of a byte first.
 */
export function appendParts(file: string, { parts, exports }: Exports): void {
  const bytes = readFileSync(file);
  const module = binaryen.readBinary(bytes);
  const { place, calls } = callGraph(module);
  const exported = new Map<string, number>();
  for (let i = 0; i < module.getNumExports(); i++) {
    const { name, value, kind } = binaryen.getExportInfo(module.getExportByIndex(i));
    const number = place.get(value);
    if (kind === binaryen.ExternalFunction && number !== undefined) exported.set(name, number);
  }
  const bitmaps = parts.map((part) => {
    const roots = exports.flatMap(({ name, part: other }) => (other === part ? [exported.get(name)!] : []));
    const bitmap = new Uint8Array(Math.ceil(calls.length / 8));
    for (const index of reachable(roots, calls)) bitmap[index >> 3] |= 1 << (index & 7);
    return bitmap;
  });
  module.dispose();
  const name = Buffer.from(NAME);
  const content = Buffer.concat([Buffer.from([short(name.length)]), name, ...bitmaps]);
  writeFileSync(file, Buffer.concat([bytes, Buffer.from([CUSTOM_SECTION, short(content.length)]), content]));
}
