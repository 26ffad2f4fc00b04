import { describe, expect, it } from 'vitest';
import { MvMqttRequestState, MvStatus, nameOf } from '../../../../build/abi/microvisor.js';
import { credentials, publishRequest } from '../rig/mqtt-structures.js';
import { publishResponse } from '../rig/read-mqtt.js';
import { Rig } from '../rig/rig.js';

const print = (rig: Rig, text: string) => {
  const { data, length } = rig.put(text);
  rig.kernel.print(data, length);
};

describe('what a guest makes the host hold is bounded', () => {
  it('a line that is printed is cut where a log message ends', () => {
    const rig = new Rig({ limits: { logMessageBytes: 10 } });
    print(rig, 'x'.repeat(11));
    print(rig, 'x'.repeat(10));
    expect(rig.log).toEqual([`${'x'.repeat(10)}… (11 bytes)`, 'x'.repeat(10)]);
  });

  it('a print of the whole memory costs no more than a line', () => {
    const rig = new Rig();
    rig.kernel.print(8, rig.memory.buffer.byteLength - 8);
    expect(rig.log[0].length).toBeLessThan(4200);
    rig.kernel.print(8, rig.memory.buffer.byteLength);
    rig.kernel.print(0, 4);
    expect(rig.log).toHaveLength(1);
  });

  it('lines that are printed without end are counted, and the count is logged when their second is over', () => {
    const rig = new Rig({ limits: { logBytes: 1000, logWindow: 1000 } });
    const { data, length } = rig.put('0123456789');
    for (let line = 0; line < 100_000; line++) rig.kernel.print(data, length);
    expect(rig.log).toHaveLength(13);
    expect(rig.kernel.nextDeadline(rig.time)).toBe(rig.time + 1000);
    rig.advance(1000);
    expect(rig.log.at(-1)).toBe('99987 lines were not logged: too many came at once');
    print(rig, 'again');
    expect(rig.log.at(-1)).toBe('again');
    rig.tick();
    expect(rig.kernel.nextDeadline(rig.time)).toBeUndefined();
  });

  it('messages that are logged too fast are refused with INVALIDBUFFERSIZE, until a second later', () => {
    const rig = new Rig({ limits: { logBytes: 200 } });
    rig.ok('mvServerLoggingInit', rig.buffer(512), 512);
    const { data, length } = rig.put('hello');
    const log = () => nameOf(MvStatus, rig.call('mvServerLog', data, length));
    expect([log(), log(), log()]).toEqual(['OKAY', 'OKAY', 'INVALIDBUFFERSIZE']);
    rig.time += 1000;
    expect(log()).toBe('OKAY');
  });

  it('lines of no bytes fill the log buffer too while the link is down', () => {
    const rig = new Rig();
    rig.ok('mvServerLoggingInit', rig.buffer(512), 512);
    rig.kernel.network.setLink(false);
    let lines = 0;
    while (lines < 1000 && rig.call('mvServerLog', 0, 0) === MvStatus.OKAY) lines++;
    expect(lines).toBeLessThan(40);
  });

  it('a message that does not fit into the send buffer is answered with INVALIDPARAMETERS, and is not copied', () => {
    const rig = new Rig();
    const channel = rig.connected();
    const topic = 'a';
    rig.ok('mvMqttRequestPublish', channel, publishRequest(rig, topic, 'p'.repeat(511), 0, 1));
    rig.tick();
    expect(publishResponse(rig, channel)[0]).toBe('REQUESTCOMPLETED');
    rig.ok('mvMqttRequestPublish', channel, publishRequest(rig, topic, 'p'.repeat(512), 0, 2));
    const huge = publishRequest(rig, topic, 'p', 0, 3);
    rig.view.setUint32(huge + 16, rig.memory.buffer.byteLength - 0x1_0000, true);
    rig.ok('mvMqttRequestPublish', channel, huge);
    rig.tick();
    for (const id of [2, 3]) expect(publishResponse(rig, channel)).toEqual(['INVALIDPARAMETERS', id, 0]);
    expect(rig.link.received.filter(({ type }) => type === 'publish')).toHaveLength(1);
  });

  it.each([
    ['a client id of 64 KiB', (rig: Rig) => ({ clientid: rig.put('c'.repeat(0x1_0000)) })],
    ['a host name of 256 bytes', (rig: Rig) => ({ host: rig.put('h'.repeat(256)) })],
    ['a large CA certificate', (rig: Rig) => ({ tlsCredentials: credentials(rig, { ca: [Buffer.alloc(101)] }) })],
    [
      'a large key',
      (rig: Rig) => ({ tlsCredentials: credentials(rig, { chain: [Buffer.alloc(100)], key: Buffer.alloc(101) }) }),
    ],
  ])('a connect request with %s is answered with INVALIDPARAMETERS', (_, overrides) => {
    const rig = new Rig({ limits: { certificateBytes: 100 } });
    const channel = rig.channel();
    rig.ok('mvMqttRequestConnect', channel, rig.connectRequest(overrides(rig)));
    rig.tick();
    const out = rig.words(0, 0);
    rig.ok('mvMqttReadConnectResponse', channel, out);
    expect(rig.u32(out)).toBe(MvMqttRequestState.INVALIDPARAMETERS);
    expect(rig.links).toEqual([]);
  });

  it('requests are refused while too many answers wait to be read', () => {
    const rig = new Rig({ limits: { unreadItems: 5, publishesInFlight: 100 } });
    const channel = rig.connected();
    const publish = () => nameOf(MvStatus, rig.call('mvMqttRequestPublish', channel, publishRequest(rig, 'a', 'b')));
    expect(Array.from({ length: 6 }, publish)).toEqual([...Array(5).fill('OKAY'), 'RATELIMITED']);
    rig.tick();
    expect(publish()).toBe('RATELIMITED');
    expect(nameOf(MvStatus, rig.call('mvMqttRequestConnect', channel, rig.connectRequest()))).toBe(
      'REQUESTALREADYSENT',
    );
    expect(nameOf(MvStatus, rig.call('mvMqttRequestDisconnect', channel))).toBe('RATELIMITED');
    publishResponse(rig, channel);
    expect(publish()).toBe('OKAY');
  });

  it('messages wait outside of the inbox while too many are unread, and then the connection is given up', () => {
    const rig = new Rig({ limits: { unreadItems: 3, inboundBacklog: 2 } });
    rig.connected();
    const send = (payload: string) =>
      rig.link.send({ type: 'publish', topic: 'a', payload: Buffer.from(payload), qos: 0, dup: false, retain: false });
    for (const payload of ['1', '2', '3', '4', '5']) send(payload);
    expect(rig.events.filter(({ event }) => event === 'message')).toHaveLength(3);
    expect(rig.link.ended).toBe(false);
    send('6');
    expect(rig.link.ended).toBe(true);
  });
});
