import { withBlock } from '../../../tools/tables/blocks.js';
import { type Figures, missed } from './figures.js';
import type { Row } from './measure.js';

const JOBS: Record<string, string> = {
  startup: 'open: parse, load, compile all',
  'startup.client': 'open with the parts of a client alone: sessions and packets',
  call: 'a call that does nothing (`abi_version`)',
  varint: 'variable byte integer of 4 bytes (`mqtt_property_read`)',
  'hex.encode.1k': 'hex, 1 KiB to 2,048 characters',
  'hex.decode.1k': 'hex, 2,048 characters to 1 KiB',
  'utf8.ascii.256': 'UTF-8 check, 256 bytes of ASCII',
  'utf8.mixed.256': 'UTF-8 check, 256 bytes of characters of 1 to 4 bytes',
  'publish.qos0.v4': 'PUBLISH header, 29-character topic, QoS 0, 3.1.1',
  'publish.qos1.v4': 'the same, QoS 1',
  'publish.qos0.v5': 'PUBLISH header, 29-character topic, QoS 0, MQTT 5',
  'publish.qos1.v5': 'the same, QoS 1',
  'publish.properties': 'the same with three properties',
  'connect.v4': 'CONNECT with will and credentials, 3.1.1',
  'connect.v5': 'the same, MQTT 5',
  'encode.publish.v4': 'encode a PUBLISH, QoS 1, 64 bytes, 3.1.1',
  'encode.publish.v5': 'the same, MQTT 5',
  'topic.match': 'topic and filter with one `+`',
  'session.publish': 'session: PUBLISH in, PUBACK out',
  certificate: 'certificate of 368 bytes with every extension',
};

const SIZES: Record<string, string> = {
  'flash.engine': 'flash: interpreter, or translated core',
  'flash.binding': 'flash: binding',
  'flash.module': 'flash: module',
  flash: 'flash together',
  data: 'initialised data',
  bss: 'zeroed data',
  linear: 'linear memory: constants, a session with 8 in flight each way, two buffers of 2 KB',
  heap: 'heap at its peak, with linear memory and 2 KB of stack of WASM in it',
  'heap.client': 'the same, with the parts of a client alone',
  ram: 'RAM together, without the C stack',
  'ram.client': 'the same, with the parts of a client alone',
  'stack.c.open': 'C stack of open',
  'stack.c.calls': 'C stack of all calls above',
  'stack.wasm': 'stack of WASM that they want',
};

const number = (value: number) => value.toLocaleString('en-US');

/** The tables of docs/firmware.md, of recorded figures. */
export function table({ versions, rows }: Figures): string {
  const byName = new Map(rows.map((row) => [row.name, row]));
  const over = new Set(missed(rows));
  const shown = new Set<Row>();

  function cell(name: string): string {
    const row = byName.get(name);
    if (!row) return '';
    shown.add(row);
    return over.has(row) ? `**${number(row.value)}**` : number(row.value);
  }

  /** The budgets of a line, each with whether it is reached. */
  function verdict(names: string[]): string {
    const limited = names.map((name) => byName.get(name)).filter((row) => row !== undefined && row.limit !== null);
    const budgets = [...new Set(limited.map((row) => row!.limit))];
    const texts = budgets.map((limit) => {
      const misses = limited.some((row) => row!.limit === limit && over.has(row!));
      return `${number(limit!)} ${misses ? 'missed' : 'reached'}`;
    });
    return texts.join(', ');
  }

  const jobs = Object.entries(JOBS).map(([job, title]) => {
    const names = ['native', 'wasm3', 'wasm3.ratio', 'aot', 'aot.ratio', 'aot-os', 'aot-os-mask'].map(
      (column) => `${job}.${column}`,
    );
    return `| ${title} | ${[...names.map(cell), verdict(names)].join(' | ')} |`;
  });
  const sizes = Object.entries(SIZES).map(([size, title]) => {
    const names = ['wasm3', 'aot', 'aot-os', 'aot-os-mask'].map((column) => `${size}.${column}`);
    return `| ${title} | ${[...names.map(cell), verdict(names)].join(' | ')} |`;
  });
  for (const row of over)
    if (!shown.has(row)) throw new Error(`the table has no place for ${row.name}, which is missed`);
  return [
    `arm-none-eabi-gcc ${versions.gcc}, QEMU ${versions.qemu}, wabt ${versions.wasm2c}; figures over their budget are bold:`,
    '',
    '| instructions | native C -O2 | wasm3 | to native | AOT -O2 | to native | AOT -Os | AOT -Os, masked | budget |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |',
    ...jobs,
    '',
    '| bytes | wasm3 | AOT -O2 | AOT -Os | AOT -Os, masked | budget |',
    '| --- | ---: | ---: | ---: | ---: | --- |',
    ...sizes,
  ].join('\n');
}

/** The document with these figures in its tables. @throws Error when their markers are missing */
export const withTable = (document: string, figures: Figures): string =>
  withBlock(document, 'firmware', table(figures));
