// needs: gcc, stdio.h, arm-none-eabi-gcc, newlib/stdio.h, qemu-system-arm
import { expect, it } from 'vitest';
import type { Packet, ProtocolVersion } from '../../../host/core/index.js';
import { temporaryFolder } from '../temporary-folder.js';
import { here, target } from '../toolchain.js';
import { clientProgram } from './client-runner.js';
import { scripted } from './scripted-client.js';

type Script = readonly (string | Packet)[];
const folder = temporaryFolder();
const program = clientProgram(['script_runner.c'], 'wasm3', folder);
/** The scripts of all tests, and what they said on this machine. */
const followed: Record<ProtocolVersion, { scripts: (string | Packet)[]; said: string[] }> = {
  3: { scripts: [], said: [] },
  4: { scripts: [], said: [] },
  5: { scripts: [], said: [] },
};

/** What a script says. */
function talk(script: Script, version: ProtocolVersion = 5): string[] {
  const said = scripted(here, program, version, script);
  expect(said.pop()).toBe('well');
  followed[version].scripts.push(...script);
  followed[version].said.push(...said);
  return said;
}

const connack = (more: object = {}): Packet => ({ type: 'connack', sessionPresent: false, reasonCode: 0, ...more });
const message = (more: object = {}): Packet => ({
  type: 'publish',
  topic: 't',
  payload: Buffer.from('x'),
  qos: 1,
  retain: false,
  dup: false,
  packetId: 9,
  ...more,
});
const answer = (type: 'puback' | 'pubrec' | 'pubcomp', packetId: number, reasonCode = 0): Packet => ({
  type,
  packetId,
  reasonCode,
});
const CONNECTED = ['make 600 0 1000 8000', 'connect', 'poll', connack(), 'poll'];

/** What a script says behind its beginning, without the times to wait. */
function after(begin: Script, script: Script, version: ProtocolVersion = 5): string[] {
  return talk([...begin, ...script], version)
    .slice(talk(begin, version).length)
    .filter((line) => !line.startsWith('wait'));
}

it('reports a refused CONNECT with its reason code and properties', () => {
  const properties = { reasonString: 'no' };
  expect(after(['make 0 0 0 0', 'connect', 'poll'], [connack({ reasonCode: 135, properties }), 'poll'])).toEqual([
    'closed -1007 135 31=no',
  ]);
});

it('reports a DISCONNECT of the server, and connects again', () => {
  const said = after(CONNECTED, [{ type: 'disconnect', reasonCode: 139 }, 'poll', 'pass 1000', 'poll']);
  expect(said).toEqual(['closed -1008 139', 'open', 'sent connect continue']);
});

it('doubles the time between tries up to the most, and half of it is random', () => {
  const tries = Array.from({ length: 6 }, () => ['poll', 'pass 8000']).flat();
  const waits = talk(['make 0 0 1000 8000', 'connect', 'take -1', ...tries])
    .filter((_, at, lines) => lines[at - 1]?.startsWith('closed -1003'))
    .map((line) => Number(/^wait (\d+)$/.exec(line)?.[1]));
  expect(waits).toHaveLength(6);
  for (const [at, most] of [1000, 2000, 4000, 8000, 8000, 8000].entries()) {
    expect(waits[at]).toBeGreaterThanOrEqual(most / 2);
    expect(waits[at]).toBeLessThanOrEqual(most);
  }
  expect(new Set(waits).size).toBe(6);
});

it('sends messages in flight again in their order, before new ones, when the session is there', () => {
  const script = [
    'publish 0 1 1',
    'publish 1 2 1',
    'poll',
    answer('pubrec', 2),
    'poll',
    'take -1',
    'publish 2 0 1',
    'poll',
  ];
  const again = ['take 999', 'pass 1000', 'poll', connack({ sessionPresent: true }), 'poll'];
  expect(after(CONNECTED, [...script, ...again, answer('puback', 1), answer('pubcomp', 2), 'poll'])).toEqual([
    'sent publish 1 qos1 1',
    'sent publish 2 qos2 1',
    'sent pubrel 2',
    'published 2 0 0',
    'closed -1003 0',
    'open',
    'sent connect continue',
    'connected 1',
    'sent publish 1 qos1 1 dup',
    'sent pubrel 2',
    'published 0 0 0',
    'published 1 0 0',
  ]);
});

it('ends messages in flight with SESSION_LOST when the server has no session any more, and keeps those not sent (MQTT-3.2.2-5)', () => {
  const lost = [
    'publish 0 1 1',
    'poll',
    'take -1',
    'disconnect',
    'poll',
    'publish 1 1 1',
    'take 999',
    'connect',
    'poll',
  ];
  const said = after(['make 600 0 0 0', 'connect', 'poll', connack(), 'poll'], [...lost, connack(), 'poll']);
  expect(said).toEqual([
    'sent publish 1 qos1 1',
    'closed 0 0',
    'open',
    'sent connect clean',
    'published 0 -1010 0',
    'connected 0',
    'sent publish 2 qos1 1',
  ]);
});

it('begins another session when the server has one that the client does not know (MQTT-3.2.2-4)', () => {
  const first = after(CONNECTED, [
    'take -1',
    'publish 0 0 1',
    'poll',
    'take 999',
    'pass 1000',
    'poll',
    connack(),
    'poll',
  ]);
  expect(first.slice(-2)).toEqual(['sent connect continue', 'connected 0']);
  const unknown = [
    'make 0 0 1000 8000',
    'connect',
    'poll',
    connack({ sessionPresent: true }),
    'poll',
    'pass 1000',
    'poll',
  ];
  expect(talk(unknown).filter((line) => !line.startsWith('wait'))).toEqual([
    'made 0',
    'open',
    'sent connect clean',
    'closed -162 0',
    'open',
    'sent connect clean',
  ]);
});

it('acknowledges by hand in the order of the messages (MQTT-4.6.0-2), and not while a payload is being sent', () => {
  const manual = ['make 600 1 0 0', 'connect', 'poll', connack(), 'poll'];
  const two = [
    message(),
    message({ packetId: 10 }),
    'poll',
    'ack 10 1 0',
    'ack 9 1 0',
    'ack 10 1 128',
    'poll',
    'ack 9 1 0',
  ];
  expect(after(manual, two)).toEqual([
    'message t 9 0-1 of 1',
    'message t 10 0-1 of 1',
    'ack: -158',
    'sent puback 9',
    'sent puback 10 reason128',
    'ack: -153',
  ]);
  const busy = [message(), 'poll', 'take 0', 'publish 0 0 200', 'poll', 'ack 9 1 0', 'subscribe a'];
  expect(after(manual, busy).filter((line) => !line.startsWith('sent'))).toEqual([
    'message t 9 0-1 of 1',
    'ack: -1000',
    'subscribe: -1000',
  ]);
});

it('answers AUTH (4.12)', () => {
  const method = { authenticationMethod: 'm' };
  const auth: Packet = { type: 'auth', reasonCode: 24, properties: method };
  const said = after(['make 0 2 0 0', 'connect', 'poll'], [auth, 'poll', 'auth 24', 'poll']);
  expect(said.slice(0, 2)).toEqual(['authenticate 24 21=m', 'sent auth reason24']);
});

it('takes a message by its Topic Alias, also one that comes in pieces', () => {
  const alias = { topicAlias: 1 };
  const large = message({ topic: '', payload: Buffer.alloc(150), packetId: 10, properties: alias });
  const said = after(CONNECTED, [message({ properties: alias }), large, 'poll']);
  expect(said[0]).toBe('message t 9 0-1 of 1 35=');
  expect(said.slice(1, -2)).toEqual(
    said.slice(1, -2).map(() => expect.stringMatching(/^message t 10 \d+-\d+ of 150 35=$/)),
  );
  expect(said.slice(-3)).toEqual([expect.stringMatching(/-150 of 150/), 'sent puback 9', 'sent puback 10']);
});

it('delivers no piece of a message of QoS 2 that came before', () => {
  const large = message({ qos: 2, payload: Buffer.alloc(150) });
  const said = after(CONNECTED, [large, 'poll', message({ qos: 2, payload: Buffer.alloc(150), dup: true }), 'poll']);
  expect(said.filter((line) => line.startsWith('sent'))).toEqual(['sent pubrec 9', 'sent pubrec 9']);
  expect(said.filter((line) => line.includes(' 0-'))).toHaveLength(1);
});

it('ends a message that MQTT or the server does not allow, and sends the next', () => {
  const begin = [
    'make 600 0 0 0',
    'connect',
    'poll',
    connack({ properties: { maximumQoS: 0, maximumPacketSize: 50 } }),
    'poll',
  ];
  expect(after(begin, ['publish 0 0 999', 'publish 1 1 1', 'publish 2 0 100', 'publish 3 0 1', 'poll'])).toEqual([
    expect.stringMatching(/^published 0 -\d+ 0$/),
    'published 1 -163 0',
    'published 2 -102 0',
    'published 3 0 0',
    'sent publish qos0 1',
  ]);
});

it('begins another session when the server takes a message of the last connection no more', () => {
  const lost = ['publish 0 1 1', 'poll', 'take -1', 'subscribe a', 'poll', 'take 999', 'pass 1000', 'poll'];
  const refused = connack({ sessionPresent: true, properties: { maximumQoS: 0 } });
  const said = after(CONNECTED, [...lost, refused, 'poll', 'pass 9000', 'poll']);
  expect(said.slice(-6)).toEqual([
    'connected 1 36=',
    'published 0 -163 0',
    'closed -163 0',
    'sent disconnect reason155',
    'open',
    'sent connect clean',
  ]);
});

it('ends the connection when the source of a payload fails, as MQTT cannot abort a PUBLISH', () => {
  const said = after(CONNECTED, ['read -1', 'publish 0 0 30', 'poll']);
  expect(said).toEqual(['published 0 -1009 0', 'closed -1009 0']);
});

it('tells the server of MQTT 5 which rule it broke, behind the answers; that of 3.1.1 nothing', () => {
  const wrong = [message(), 'server 36030000ff', 'poll'];
  expect(after(CONNECTED, wrong)).toEqual([
    'message t 9 0-1 of 1',
    'closed -108 0',
    'sent puback 9',
    'sent disconnect reason129',
  ]);
  const three = after(CONNECTED, wrong, 4);
  expect(three.filter((line) => line.startsWith('sent disconnect'))).toEqual([]);
});

it('refuses a header that the input cannot hold', () => {
  expect(after(CONNECTED, [message({ topic: 'long'.repeat(20) }), 'poll'])).toEqual([
    'closed -102 0',
    'sent disconnect reason149',
  ]);
});

it('says whether there is room later or never', () => {
  const said = after(CONNECTED, [
    `subscribe ${'a'.repeat(90)}`,
    'take 0',
    `subscribe ${'a'.repeat(30)}`,
    `subscribe ${'b'.repeat(30)}`,
  ]);
  expect(said).toEqual(['subscribe: -1', 'subscribe: 1', 'subscribe: -1000']);
});

it('says the same on an emulated Cortex-M33', () => {
  const emulated = clientProgram(['script_runner.c'], 'wasm3', folder, target);
  for (const version of [4, 5] as const) {
    const { scripts, said } = followed[version];
    expect(said.length).toBeGreaterThan(0);
    expect(scripted(target, emulated, version, scripts)).toEqual([...said, 'well']);
  }
});
