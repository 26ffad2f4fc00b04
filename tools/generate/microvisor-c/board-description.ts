// Writes build/abi/board.ts: what the host has to know of the board's headers, which are written by hand.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../root.js';

const HEADERS = 'host/microvisor/board/include';
const SOURCES = 'host/microvisor/board/source';
const REGISTERS = `${HEADERS}/stm32/stm32u585_registers.h`;

interface Prototype {
  name: string;
  params: number;
  results: 0 | 1;
}

/** The prototypes of a header; functions with a body are none. */
function prototypes(text: string): Prototype[] {
  const plain = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').replace(/^#(.*\\\n)*.*$/gm, '');
  const found = plain.matchAll(/^([a-zA-Z_][\w\s]*?[\s*]+)(\w+)\(([^(){};]*)\)\s*(?:__attribute__\(\(\w+\)\)\s*)?;/gm);
  return [...found].map(([, type, name, params]) => ({
    name,
    params: params.trim() === 'void' ? 0 : params.split(',').length,
    results: /^void\s+$/.test(type) ? 0 : 1,
  }));
}

/** The names of the functions that a source defines. */
function definitions(text: string): string[] {
  return [...text.matchAll(/^(?!static )[a-zA-Z_][\w\s*]*?[\s*](\w+)\([^(){};]*\)\s*\{/gm)].map(([, name]) => name);
}

const filesIn = (folder: string, end: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end))
    .sort()
    .map((name) => readFileSync(join(root, folder, name), 'utf8'));

/** The text of build/abi/board.ts. */
export function boardDescription(): string {
  const defined = new Set(filesIn(SOURCES, '.c').flatMap(definitions));
  const declared = new Map(
    filesIn(HEADERS, '.h')
      .flatMap(prototypes)
      .map((one) => [one.name, one]),
  );
  const imports = [...declared.values()].filter(({ name }) => !defined.has(name) && !name.startsWith('mv_host_'));
  const registers = readFileSync(join(root, REGISTERS), 'utf8');
  const [, size] = /#define MV_BOARD_WINDOW (0x[\da-f]+)u/.exec(registers) ?? [];
  const peripherals = registers.matchAll(/#define (\w+) MV_BOARD_PERIPHERAL\(\w+, (0x[\dA-F]+)u\)/g);
  return [
    '// Generated from host/microvisor/board/include by tools/generate/microvisor-c/board-description.ts. Do not edit.',
    '',
    '/** Bytes of the window of peripherals: an address of the device is taken modulo this. */',
    `export const BOARD_WINDOW = ${size};`,
    '',
    '/** Addresses of peripherals on the device. */',
    'export const peripheralAddresses = {',
    ...[...peripherals].map(([, name, address]) => `  ${name}: ${address},`),
    '} as const;',
    '',
    "/** What the board's headers declare and its sources do not define: how many parameters and results of 32 bits it has. */",
    'export const boardImports: Readonly<Record<string, { params: number; results: 0 | 1 }>> = {',
    ...imports.map(({ name, params, results }) => `  ${name}: { params: ${params}, results: ${results} },`),
    '};',
    '',
  ].join('\n');
}
