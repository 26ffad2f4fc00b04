import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, target } from '../../firmware/toolchain.js';
import { buildPlugin, buildProgram, type Program, type Sizes, symbols, type Variant } from './build.js';

/** One figure; `limit` is the budget, null where there is none. */
export interface Row {
  name: string;
  value: number;
  unit: 'instructions' | 'ratio' | 'bytes';
  limit: number | null;
}

/** The versions of the programs on which figures depend. */
export type Versions = Record<'gcc' | 'qemu' | 'wasm2c', string>;

const VARIANTS: Variant[] = ['wasm3', 'aot', 'aot-os', 'aot-os-mask'];

/** The budgets. Ratios are to native C at -O2. */
const AOT_RATIO = 1.5;
const LIMITS: Record<string, number> = {
  'hex.encode.1k.wasm3.ratio': 8,
  'hex.decode.1k.wasm3.ratio': 8,
  'publish.qos0.v4.wasm3.ratio': 12,
  'publish.qos1.v4.wasm3.ratio': 12,
  'publish.qos0.v5.wasm3.ratio': 12,
  'publish.qos1.v5.wasm3.ratio': 12,
  'startup.wasm3': 1_500_000,
  'startup.client.wasm3': 1_500_000,
  'flash.wasm3': 65_536,
  'flash.aot': 32_768,
  'flash.aot-os': 32_768,
  'flash.aot-os-mask': 32_768,
  'publish.qos1.v5.aot-os-mask': 620,
  'encode.publish.v5.aot-os-mask': 700,
  'ram.client.wasm3': 32_768,
};

const STACK_LIMIT = 4_096;

function limitOf(name: string): number | null {
  if (/\.aot\.ratio$/.test(name)) return AOT_RATIO;
  if (name.startsWith('stack.c.')) return STACK_LIMIT;
  return LIMITS[name] ?? null;
}

const version = (program: string) =>
  /\d+\.\d+\.\d+/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))![0];

export function versions(): Versions {
  return { gcc: version('arm-none-eabi-gcc'), qemu: version('qemu-system-arm'), wasm2c: version('wasm2c') };
}

/** Runs a program. Returns what it printed, and what was counted meanwhile. */
function execute({ elf }: Program, plugin: string, folder: string, profile = 0) {
  const out = join(folder, 'counts');
  const at = symbols(elf);
  const places = [`begin=0x${at.get('count_begin')}`, `end=0x${at.get('count_end')}`, `out=${out}`];
  const said = run(target, elf, [], ['-plugin', [plugin, ...places, `profile=${profile}`].join(',')]);
  const faults = said.split('\n').filter((line) => !/^(count|value) /.test(line));
  if (faults.length > 0) throw new Error(`firmware:measure: ${elf}: ${faults.slice(0, 5).join('; ')}`);
  const names = [...said.matchAll(/^count (\S+)$/gm)].map(([, name]) => name);
  const values = new Map([...said.matchAll(/^value (\S+) (\d+)$/gm)].map(([, name, n]) => [name, Number(n)]));
  return { names, values, counted: readFileSync(out, 'utf8').trim().split('\n') };
}

const total = ({ text, data }: Sizes) => text + data;
const ratio = (ours: number, native: number) => Math.round((ours / native) * 100) / 100;

/** Collects rows. The name of a row determines its limit. */
class Rows {
  readonly list: Row[] = [];
  add(name: string, unit: Row['unit'], value: number): void {
    this.list.push({ name, value, unit, limit: limitOf(name) });
  }
}

/** Adds the rows of one engine. */
function rowsOf(rows: Rows, variant: Variant, program: Program, plugin: string, folder: string): void {
  const { names, values, counted } = execute(program, plugin, folder);
  const counts = new Map(names.map((name, index) => [name, Number(counted[index])]));
  const nothing = counts.get('nothing')!;
  for (const [name, count] of counts) {
    if (/native$|^nothing/.test(name)) continue;
    const ours = count - nothing;
    rows.add(`${name}.${variant}`, 'instructions', ours);
    const native = counts.get(`${name}.native`);
    if (native === undefined) continue;
    if (variant === 'wasm3') rows.add(`${name}.native`, 'instructions', native - nothing);
    rows.add(`${name}.${variant}.ratio`, 'ratio', ratio(ours, native - nothing));
  }
  const [engine, binding, module] = ['engine', 'binding', 'module'].map((name) => program.sizes.get(name)!);
  const inFlash = variant === 'wasm3' ? [engine, binding, module] : [engine, binding];
  rows.add(`flash.engine.${variant}`, 'bytes', total(engine));
  rows.add(`flash.binding.${variant}`, 'bytes', total(binding));
  if (variant === 'wasm3') rows.add('flash.module.wasm3', 'bytes', module.text);
  rows.add(
    `flash.${variant}`,
    'bytes',
    inFlash.map(total).reduce((sum, size) => sum + size),
  );
  for (const kind of ['data', 'bss'] as const) rows.add(`${kind}.${variant}`, 'bytes', engine[kind] + binding[kind]);
  const fixed = engine.data + engine.bss + binding.data + binding.bss + values.get('instance')!;
  for (const [name, value] of values) if (name !== 'instance') rows.add(`${name}.${variant}`, 'bytes', value);
  // In wasm3 linear memory is a block of the heap; otherwise the application provides it.
  rows.add(`ram.${variant}`, 'bytes', fixed + values.get(variant === 'wasm3' ? 'heap' : 'linear')!);
  if (variant === 'wasm3') rows.add('ram.client.wasm3', 'bytes', fixed + values.get('heap.client')!);
}

/** Calls `work` with a folder that is removed after it. */
export function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-measure-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Compiles everything into this folder. Returns a function that measures. */
export function prepare(folder: string, progress: (line: string) => void = () => {}): () => Row[] {
  const plugin = buildPlugin(folder);
  const programs = VARIANTS.map((variant) => {
    progress(`${variant}: compile`);
    return buildProgram(folder, variant);
  });
  return () => {
    const rows = new Rows();
    programs.forEach((program, index) => {
      progress(`${VARIANTS[index]}: run`);
      rowsOf(rows, VARIANTS[index], program, plugin, folder);
    });
    return rows.list;
  };
}

/**
 * All figures, in an order that does not change.
 *
 * @throws when the core and the yardstick do not agree on an input
 */
export const measure = (progress?: (line: string) => void): Row[] => inFolder((folder) => prepare(folder, progress)());

/** Where the instructions of one job go: functions with their counts, the largest first. */
export function profile(variant: Variant, job: string): [string, number][] {
  return inFolder((folder) => {
    const plugin = buildPlugin(folder);
    const program = buildProgram(folder, variant);
    const names = execute(program, plugin, folder).names;
    if (!names.includes(job)) throw new Error(`no job ${job}; there are ${names.join(', ')}`);
    const { counted } = execute(program, plugin, folder, names.indexOf(job) + 1);
    const starts = [...symbols(program.elf)].map(([name, at]) => ({ name, at: Number.parseInt(at, 16) & ~1 }));
    starts.sort((a, b) => a.at - b.at);
    const sums = new Map<string, number>();
    for (const line of counted) {
      const [at, count] = [Number.parseInt(line, 16), Number(line.split(' ')[1])];
      const { name } = starts.findLast((start) => start.at <= at)!;
      sums.set(name, (sums.get(name) ?? 0) + count);
    }
    return [...sums].sort(([, a], [, b]) => b - a);
  });
}
