import { SessionContext } from '../../build/abi/core.js';
import { readFigures } from '../../tests/bench/firmware/figures.js';
import { conformanceCounts } from './conformance.js';
import { moduleSize } from './sizes.js';
import { recordedSpeed } from './speed-table.js';

/** Messages in flight each way of the session whose memory is shown. */
export const MESSAGES_IN_FLIGHT = 8;

/** Bytes of the caller's memory for a client session with so many messages in flight each way. */
export const sessionSize = (inFlight: number): number => SessionContext.HEADER + 2 * inFlight * SessionContext.ENTRY;

const number = (value: number) => value.toLocaleString('en-US');

/** Recorded figures of tests/bench/firmware by name, with a unit; one over its budget is bold and names the budget. */
function firmwareFigures(): (name: string, unit: string) => string {
  const rows = new Map(readFigures().rows.map((row) => [row.name, row]));
  return (name, unit) => {
    const row = rows.get(name);
    if (!row) throw new Error(`tests/bench/firmware/figures.json has no figure ${name}`);
    const { value, limit } = row;
    if (limit === null || value <= limit) return `${number(value)} ${unit}`;
    return `**${number(value)}** ${unit} (budget ${number(limit)}, missed)`;
  };
}

/** The table of README: the figures that a reader asks for first, each taken from where it is recorded. */
export function headlineTable(): string {
  const figure = firmwareFigures();
  const counts = Object.values(conformanceCounts()).map(({ statements }) => statements);
  const sum = (key: 'statements' | 'tested' | 'open' | 'nobody') =>
    counts.reduce((total, standard) => total + standard[key], 0);
  const times = (bench: string) => `${recordedSpeed(bench, 'mqtt-packet').ratio} times`;
  const rows: [what: string, value: string][] = [
    ['`core.wasm`, the core for firmware', `${number(moduleSize('core.wasm'))} bytes`],
    [
      `a client session with ${MESSAGES_IN_FLIGHT} messages in flight each way`,
      `${sessionSize(MESSAGES_IN_FLIGHT)} bytes of the caller's memory`,
    ],
    [
      'a client on a Cortex-M33, core translated to C',
      `flash ${figure('flash.aot', 'bytes')}, RAM ${figure('ram.aot', 'bytes')}`,
    ],
    [
      'the same, core interpreted by wasm3',
      `flash ${figure('flash.wasm3', 'bytes')}, RAM ${figure('ram.client.wasm3', 'bytes')}`,
    ],
    [
      'a PUBLISH header decoded there, beside native C',
      `translated ${figure('publish.qos0.v4.aot.ratio', 'times')} the instructions, interpreted ${figure('publish.qos0.v4.wasm3.ratio', 'times')}`,
    ],
    [
      'packets of a busy connection in Node, beside mqtt-packet',
      `decoded to objects ${times('decode.object.mix')} as fast, without objects ${times('decode.cursor.mix')}`,
    ],
    ['a small PUBLISH encoded in Node, beside mqtt-packet', `${times('encode.buffer.A')} as fast`],
    [
      'normative statements of MQTT 5 and 3.1.1',
      `${sum('tested')} of ${sum('statements')} tested, ${sum('open')} open; ${sum('nobody')} bind nobody here`,
    ],
  ];
  return ['| | |', '| --- | --- |', ...rows.map((cells) => `| ${cells.join(' | ')} |`)].join('\n');
}
