import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Codec, OverriddenFolder } from './overridden-folder.js';

interface Outcome {
  name: string;
  /** What the other side received after its last valid packet, in hex. */
  received: string;
  error?: string;
  subscriptions?: object[];
}

const outcomes: Partial<Record<Codec, Outcome[]>> = {};

beforeAll(async () => {
  for (const codec of ['strict', 'lenient', 'mqtt-packet'] as const) {
    const folder = new OverriddenFolder(codec);
    const { code, stdout, stderr } = await folder.run('switched-off.ts', codec).ended;
    folder.remove();
    expect({ codec, code, stderr }).toEqual({ codec, code: 0, stderr: '' });
    outcomes[codec] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }
});

const outcome = (codec: Codec, name: string) => outcomes[codec]?.find((one) => one.name === name);

/** The words of the row in the documents, the name of its case, its strict error, and what the other side gets with `lenient`. */
const rows: [string, string, string, Partial<Outcome>][] = [
  ['aedes `keepaliveLimit`', 'keepaliveLimit', 'REASON_CODE_INVALID', { received: '20020006' }],
  ['aedes as the broker of a bridge', 'bridge', 'PROTOCOL_VERSION_UNSUPPORTED', { received: '200200009003000101' }],
  ['aedes `broker.publish`', 'wildcard', 'TOPIC_WILDCARD', { received: '20020000900300010030060003612f2b78' }],
  ['MQTT.js `authPacket`', 'authPacket', 'AUTHENTICATION_METHOD_MISSING', { received: 'f0021800' }],
  ['MQTT.js on 3.1.1', 'returnCode', 'REASON_CODE_INVALID', { error: 'Connection refused: undefined (6)' }],
  ['MQTT.js `publish` with `dup`', 'dup', 'DUP_WITH_QOS_0', { received: '380400016178' }],
];

describe.each(rows)('%s', (words, name, codeName, lenient) => {
  it('is refused by the strict codec, with the rule in the error', () => {
    expect(outcome('strict', name)?.error?.split(' ').slice(0, 2).join(' ')).toBe(`PacketError ${codeName}`);
  });

  it('does with `lenient` what it does on mqtt-packet', () => {
    expect(outcome('lenient', name)).toMatchObject(lenient);
    expect(outcome('lenient', name)).toEqual(outcome('mqtt-packet', name));
  });

  it('has a row with that rule in the README and in docs/drop-in.md', () => {
    for (const row of ['host/mqtt-packet/README.md', 'docs/drop-in.md'].flatMap(rowsOf).filter(isAbout(words))) {
      expect(row).toContain(`| \`${codeName}\``);
    }
  });
});

const isAbout = (words: string) => (row: string) => row.startsWith(`| ${words}`);

/** The rows of the table of what strict switches off. */
function rowsOf(file: string): string[] {
  const text = readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8');
  const [, table] = text.split('| feature | strict | `lenient` |\n');
  const [, ...lines] = table.slice(0, table.indexOf('\n\n')).split('\n');
  return lines;
}

it('the table in the README is that of docs/drop-in.md, and each of its rows has a proof', () => {
  const table = rowsOf('host/mqtt-packet/README.md');
  expect(rowsOf('docs/drop-in.md')).toEqual(table);
  expect(table).toHaveLength(rows.length);
  table.forEach((row, at) => {
    expect(isAbout(rows[at][0])(row), row).toBe(true);
  });
});

it('aedes closes the connection of a client above keepaliveLimit without a CONNACK, when strict', () => {
  expect(outcome('strict', 'keepaliveLimit')?.received).toBe('');
});

it('aedes knows a bridge by its subscriptions, with `lenient` as on mqtt-packet', () => {
  expect(outcome('lenient', 'bridge')?.subscriptions).toMatchObject([{ topic: 'a', nl: true, rap: true }]);
});

it('a user of MQTT.js sees why the server refused, in a CONNACK of 3.1.1 with a code of MQTT 5 too', () => {
  expect(outcome('strict', 'notAuthorized')?.error).toMatch(
    /^PacketError REASON_CODE_INVALID Connection refused: not authorized \(0x87 of MQTT 5\); .* \(135\)$/,
  );
  expect(outcome('strict', 'returnCode')?.error).toContain('Connection refused: unknown return code (6)');
  expect(outcome('lenient', 'notAuthorized')?.error).toBe('Connection refused: Not authorized (135)');
});
