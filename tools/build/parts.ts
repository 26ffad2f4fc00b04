// Notes in core.wasm which functions each part of it wants, so that an engine may compile some parts only.
import { readFileSync, writeFileSync } from 'node:fs';
import binaryen from 'binaryen';

const CUSTOM_SECTION = 0;
/** host/wasm3/wq_module.c looks for it. */
const NAME = 'parts';

/** Below 128 an unsigned LEB128 is the number itself (WebAssembly 5.2.2). */
function short(length) {
  if (length > 127) throw new Error(`tools/build/parts.ts: ${length} does not fit into one byte; write it as LEB128`);
  return length;
}

/** For each function its direct callees, by their places in the module. */
function callGraph(module) {
  const count = module.getNumFunctions();
  const names = Array.from({ length: count }, (_, i) => binaryen.getFunctionInfo(module.getFunctionByIndex(i)).name);
  const place = new Map(names.map((name, index) => [name, index]));
  // Each function begins with "(func $name" at one indent, each call with "(call $name".
  const bodies = module
    .emitText()
    .split(/^ \(func \$/m)
    .slice(1);
  const calls = names.map(() => []);
  for (const body of bodies) {
    // A call by table could reach any function: none of them may be left out then.
    if (body.includes('call_indirect'))
      throw new Error('tools/build/parts.ts: the core calls by table; say whom it may reach');
    const called = [...body.matchAll(/\(call \$([^\s)]+)/g)].map(([, name]) => place.get(name));
    calls[place.get(/^[^\s)]+/.exec(body)[0])] = called;
  }
  return { place, calls };
}

function reachable(from, calls) {
  const seen = new Set(from);
  for (const index of seen) for (const callee of calls[index]) seen.add(callee);
  return seen;
}

/**
 * Appends the custom section: for each part of the ABI, in the order of WQ_PART_*, a bit for each function of the module,
 * the lowest bit of a byte first.
 */
export function appendParts(file, { parts, exports }) {
  const bytes = readFileSync(file);
  const module = binaryen.readBinary(bytes);
  const { place, calls } = callGraph(module);
  const exported = new Map();
  for (let i = 0; i < module.getNumExports(); i++) {
    const { name, value, kind } = binaryen.getExportInfo(module.getExportByIndex(i));
    if (kind === binaryen.ExternalFunction) exported.set(name, place.get(value));
  }
  const bitmaps = parts.map((part) => {
    const roots = exports.filter((entry) => entry.part === part).map(({ name }) => exported.get(name));
    const bitmap = new Uint8Array(Math.ceil(calls.length / 8));
    for (const index of reachable(roots, calls)) bitmap[index >> 3] |= 1 << (index & 7);
    return bitmap;
  });
  module.dispose();
  const name = Buffer.from(NAME);
  const content = Buffer.concat([Buffer.from([short(name.length)]), name, ...bitmaps]);
  writeFileSync(file, Buffer.concat([bytes, Buffer.from([CUSTOM_SECTION, short(content.length)]), content]));
}
