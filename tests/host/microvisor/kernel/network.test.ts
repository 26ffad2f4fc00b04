import { describe, expect, it } from 'vitest';
import {
  MvChannelType,
  MvClosureReason,
  MvEventType,
  MvNetworkReason,
  MvNetworkStatus,
} from '../../../../build/abi/microvisor.js';
import { network } from '../cases/network.js';
import { statusTests } from '../cases/status-tests.js';
import { Rig, TAG } from '../rig/rig.js';

describe('network', () => {
  statusTests(network);

  const status = (rig: Rig, handle: number) => {
    const out = rig.words(0xee);
    rig.ok('mvGetNetworkStatus', handle, out);
    return rig.u32(out);
  };
  const reasons = (rig: Rig) => {
    const out = rig.words(0xee, 0xee);
    rig.ok('mvGetNetworkReasons', out, out + 4);
    return [rig.u32(out), rig.u32(out + 4)];
  };

  it('is CONNECTING after the request and CONNECTED, with one notification, after the delay', () => {
    const rig = new Rig({ behaviour: { networkDelay: 250 } });
    const out = rig.words(0);
    rig.ok('mvRequestNetwork', rig.networkParams(), out);
    rig.tick();
    expect(status(rig, rig.u32(out))).toBe(MvNetworkStatus.CONNECTING);
    expect(rig.kernel.nextDeadline(rig.time)).toBe(rig.time + 250);
    rig.advance(249);
    expect(rig.news()).toEqual([]);
    rig.advance(1);
    expect(status(rig, rig.u32(out))).toBe(MvNetworkStatus.CONNECTED);
    expect(rig.news()).toEqual([{ eventType: MvEventType.NETWORKSTATUSCHANGED, tag: TAG }]);
    expect(rig.events.filter(({ event }) => event === 'network')).toEqual([
      { event: 'network', status: 'CONNECTING' },
      { event: 'network', status: 'CONNECTED' },
    ]);
  });

  it('reports why the network is used', () => {
    const rig = new Rig();
    expect(reasons(rig)).toEqual([MvNetworkReason.NEVERUSEDNETWORKAPI, 0]);
    const handle = rig.words(rig.network());
    expect(reasons(rig)).toEqual([MvNetworkReason.USINGNETWORK, 1]);
    rig.ok('mvReleaseNetwork', handle);
    expect(reasons(rig)).toEqual([MvNetworkReason.NOTCONNECTING, 0]);
    expect(rig.u32(handle)).toBe(0);
  });

  it('an outage closes every channel with NETWORKDISCONNECTED and notifies each', () => {
    const rig = new Rig();
    const channel = rig.channel(MvChannelType.CONFIGFETCH);
    rig.kernel.network.setLink(false);
    expect(rig.news().map(({ eventType }) => eventType)).toEqual([
      MvEventType.NETWORKSTATUSCHANGED,
      MvEventType.CHANNELNOTCONNECTED,
    ]);
    const reason = rig.words(0xee);
    rig.ok('mvGetChannelClosureReason', channel, reason);
    expect(rig.u32(reason)).toBe(MvClosureReason.NETWORKDISCONNECTED);
    rig.kernel.network.setLink(true);
    rig.tick();
    expect(rig.news()).toEqual([{ eventType: MvEventType.NETWORKSTATUSCHANGED, tag: TAG }]);
  });

  it('releasing the last handle ends an MQTT connection with DISCONNECT', () => {
    const rig = new Rig();
    rig.connected();
    rig.ok('mvReleaseNetwork', rig.words(rig.network()));
    rig.link.last('disconnect');
    expect(rig.link.ended).toBe(true);
    expect(rig.news()).toEqual([{ eventType: MvEventType.CHANNELNOTCONNECTED, tag: TAG }]);
  });
});
