import { describe, expect, it } from 'vitest';
import { MvChannelType, MvClosureReason, MvStatus, nameOf } from '../../../../build/abi/microvisor.js';
import { channels } from '../cases/channels.js';
import { statusTests } from '../cases/status-tests.js';
import { fetchParams } from '../rig/config-structures.js';
import { Rig } from '../rig/rig.js';
import { OUTSIDE } from '../rig/rig-memory.js';

const { CONFIGFETCH } = MvChannelType;

describe('channels', () => {
  statusTests(channels);

  it('after eight opens in quick succession the ninth succeeds a second later', () => {
    const rig = new Rig();
    for (let count = 0; count < 8; count++) rig.ok('mvCloseChannel', rig.words(rig.channel()));
    const open = () => nameOf(MvStatus, rig.call('mvOpenChannel', rig.channelParams(MvChannelType.MQTT), rig.words(0)));
    rig.time += 999;
    expect(open()).toBe('RATELIMITED');
    rig.time += 1;
    expect(open()).toBe('OKAY');
  });

  it('closing zeroes the handle, which is invalid afterwards', () => {
    const rig = new Rig();
    const handle = rig.channel();
    const address = rig.words(handle);
    rig.ok('mvCloseChannel', address);
    expect(rig.u32(address)).toBe(0);
    expect(nameOf(MvStatus, rig.call('mvGetChannelClosureReason', handle, rig.words(0)))).toBe('INVALIDHANDLE');
    expect(rig.news()).toEqual([]);
  });

  it('a LATEFAULT makes the channel unusable, without a notification', () => {
    const rig = new Rig();
    const channel = rig.channel(CONFIGFETCH);
    const address = fetchParams(rig, [{ key: 'a' }]);
    rig.view.setUint32(address + 4, OUTSIDE, true);
    expect(nameOf(MvStatus, rig.call('mvSendConfigFetchRequest', channel, address))).toBe('LATEFAULT');
    const again = rig.call('mvSendConfigFetchRequest', channel, fetchParams(rig, [{ key: 'a' }]));
    expect(nameOf(MvStatus, again)).toBe('CHANNELCLOSED');
    const reason = rig.words(0);
    rig.ok('mvGetChannelClosureReason', channel, reason);
    expect(rig.u32(reason)).toBe(MvClosureReason.UNEXPECTEDLYTERMINATED);
    expect(rig.news()).toEqual([]);
  });
});
