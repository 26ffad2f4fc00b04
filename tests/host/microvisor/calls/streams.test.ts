import { describe, expect, it } from 'vitest';
import { MvClosureReason, MvEventType, MvStatus, nameOf } from '../../../../build/abi/microvisor.js';
import { statusTests } from '../cases/status-tests.js';
import { streams } from '../cases/stream.js';
import { OpaqueRig } from '../rig/opaque-end.js';
import { TAG } from '../rig/rig.js';

const event = (eventType: number) => ({ eventType, tag: TAG });
const { CHANNELDATAREADABLE, CHANNELDATAWRITESPACE, CHANNELNOTCONNECTED } = MvEventType;

function opened() {
  const rig = new OpaqueRig();
  const channel = rig.stream();
  rig.news();
  const out = rig.words(0, 0);
  const read = () => {
    rig.ok('mvReadChannel', channel, out, out + 4);
    return rig.text(rig.u32(out), rig.u32(out + 4));
  };
  const write = (text: string, call: 'mvWriteChannel' | 'mvWriteChannelStream' = 'mvWriteChannel') => {
    const { data, length } = rig.put(text);
    return [nameOf(MvStatus, rig.call(call, channel, data, length, out)), rig.u32(out)];
  };
  return { rig, channel, read, write };
}

describe('channels of opaque bytes', () => {
  statusTests(streams);

  it('send what was written with the next tick, all or nothing', () => {
    const { rig, write } = opened();
    expect(write('x'.repeat(500))).toEqual(['OKAY', 12]);
    expect(write('thirteen char')).toEqual(['INVALIDBUFFERSIZE', 12]);
    expect(write('')).toEqual(['OKAY', 12]);
    expect(rig.written).toEqual([]);
    rig.tick();
    expect(rig.written).toEqual(['x'.repeat(500)]);
    expect(rig.news()).toEqual([event(CHANNELDATAWRITESPACE)]);
    expect(write('y')).toEqual(['OKAY', 511]);
    rig.tick();
    expect(rig.news()).toEqual([]);
  });

  it('take as a stream what fits', () => {
    const { rig, write } = opened();
    expect(write('a'.repeat(510), 'mvWriteChannelStream')).toEqual(['OKAY', 510]);
    expect(write('bcde', 'mvWriteChannelStream')).toEqual(['OKAY', 2]);
    expect(write('f', 'mvWriteChannelStream')).toEqual(['OKAY', 0]);
    rig.tick();
    expect(rig.written).toEqual([`${'a'.repeat(510)}bc`]);
    expect(rig.news()).toEqual([event(CHANNELDATAWRITESPACE)]);
  });

  it("receive into the application's own ring, where bytes stay until they are consumed", () => {
    const { rig, channel, read } = opened();
    expect(read()).toBe('');
    rig.end.data(Buffer.from('0123456789'));
    expect(read()).toBe('');
    rig.tick();
    expect(rig.news()).toEqual([event(CHANNELDATAREADABLE)]);
    expect([read(), read()]).toEqual(['0123456789', '0123456789']);
    rig.ok('mvReadChannelComplete', channel, 4);
    rig.end.data(Buffer.from('abcdefghijklmn'));
    rig.tick();
    expect(read()).toBe('456789abcdef');
    rig.ok('mvReadChannelComplete', channel, 99);
    expect(read()).toBe('ghij');
    rig.ok('mvReadChannelComplete', channel, 4);
    rig.tick();
    expect(read()).toBe('klmn');
  });

  it.each([
    ['closed', MvClosureReason.CHANNELCLOSEDBYSERVER],
    ['reset', MvClosureReason.CHANNELRESETBYSERVER],
  ] as const)('that the far end has %s say so', (how, closure) => {
    const { rig, channel } = opened();
    rig.end.closed(how);
    rig.tick();
    expect(rig.news()).toEqual([event(CHANNELNOTCONNECTED)]);
    const reason = rig.words(0);
    rig.ok('mvGetChannelClosureReason', channel, reason);
    expect(rig.u32(reason)).toBe(closure);
    expect(rig.closed).toBe(1);
  });

  it('are reset when the far end sends more than the device takes', () => {
    const { rig, channel } = opened();
    rig.end.data(new Uint8Array(1_048_577));
    rig.tick();
    const reason = rig.words(0);
    rig.ok('mvGetChannelClosureReason', channel, reason);
    expect(rig.u32(reason)).toBe(MvClosureReason.CHANNELRESETBYSERVER);
  });
});
