import { describe, expect, it } from 'vitest';
import {
  MvChannelType,
  MvClosureReason,
  MvEventType,
  MvNetworkReason,
  MvNetworkStatus,
  MvNotificationLayout,
  MvNotificationSetupLayout,
  readMvNotification,
  writeMvNotificationSetup,
} from '../../../build/abi/microvisor.js';
import { Kernel } from '../../../host/microvisor/index.js';
import { clocks, identity, logging, network, notifications } from './cases/basics.js';
import { statusTests } from './cases/case.js';
import { DEVICE_ID, Rig, TAG } from './rig.js';

describe('device id and clocks', () => {
  statusTests([...identity, ...clocks]);

  it('mvGetDeviceId writes 34 bytes and no NUL', () => {
    const rig = new Rig();
    const address = rig.alloc(40);
    new Uint8Array(rig.memory.buffer, address, 40).fill(0xee);
    rig.ok('mvGetDeviceId', address, 34);
    expect(rig.text(address, 34)).toBe(DEVICE_ID);
    expect(rig.view.getUint8(address + 34)).toBe(0xee);
  });

  it('a device id that is not UV and 32 hex digits is refused', () => {
    const mqttTransport = () => expect.fail();
    expect(
      () => new Kernel({ now: () => 0, deviceId: 'UV12', config: { fetch: async () => [] }, mqttTransport }),
    ).toThrow('device id "UV12" is not UV followed by 32 hex digits');
  });

  it('mvGetMicroseconds counts from the start of the kernel, mvGetWallTime from the Unix epoch', () => {
    const rig = new Rig({ wallClock: () => 1_700_000_000_123 });
    rig.time += 1500.25;
    const [clock, wall] = [rig.alloc(8), rig.alloc(8)];
    rig.ok('mvGetMicroseconds', clock);
    rig.ok('mvGetWallTime', wall);
    expect(rig.view.getBigUint64(clock, true)).toBe(1_500_250n);
    expect(rig.view.getBigUint64(wall, true)).toBe(1_700_000_000_123_000n);
  });
});

describe('logging', () => {
  statusTests(logging);

  it('gives lines to the log sink and to the events', () => {
    const rig = new Rig();
    rig.ok('mvServerLoggingInit', rig.buffer(512), 512);
    const { data, length } = rig.put('temperature 21°');
    rig.ok('mvServerLog', data, length);
    expect(rig.log).toEqual(['temperature 21°']);
    expect(rig.events).toContainEqual({ event: 'log', text: 'temperature 21°' });
  });

  it('keeps lines while the link is down and gives them out in order when it is back', () => {
    const rig = new Rig();
    rig.ok('mvServerLoggingInit', rig.buffer(512), 512);
    rig.kernel.network.setLink(false);
    for (const text of ['one', 'two']) {
      const { data, length } = rig.put(text);
      rig.ok('mvServerLog', data, length);
    }
    rig.kernel.tick();
    expect(rig.log).toEqual([]);
    rig.kernel.network.setLink(true);
    rig.kernel.tick();
    expect(rig.log).toEqual(['one', 'two']);
  });
});

describe('notifications', () => {
  statusTests(notifications);

  it('a record has the time in microseconds, the event type and the tag, and pends one interrupt', () => {
    const rig = new Rig();
    const buffer = rig.alloc(2 * MvNotificationLayout.SIZE);
    const setup = rig.alloc(MvNotificationSetupLayout.SIZE);
    writeMvNotificationSetup(rig.view, setup, { irq: 51, buffer, bufferSize: 32 });
    const handle = rig.words(0);
    rig.ok('mvSetupNotifications', setup, handle);
    rig.time += 2;
    rig.kernel.notifications.notify(rig.u32(handle), MvEventType.CHANNELDATAREADABLE, 0xfeed);
    expect(readMvNotification(rig.view, buffer)).toEqual({ microseconds: 2000n, eventType: 2, tag: 0xfeed });
    expect([rig.kernel.takeEntry(), rig.kernel.takeEntry()]).toEqual([{ interrupt: 51 }, undefined]);
  });

  it('the buffer is circular: the third record of two overwrites the first, full or not', () => {
    const rig = new Rig();
    const buffer = rig.alloc(32);
    new Uint8Array(rig.memory.buffer, buffer, 32).fill(0xff);
    const setup = rig.alloc(MvNotificationSetupLayout.SIZE);
    writeMvNotificationSetup(rig.view, setup, { irq: 51, buffer, bufferSize: 32 });
    const handle = rig.words(0);
    rig.ok('mvSetupNotifications', setup, handle);
    for (const tag of [1, 2, 3]) rig.kernel.notifications.notify(rig.u32(handle), MvEventType.CHANNELDATAREADABLE, tag);
    const tags = [0, 16].map((offset) => readMvNotification(rig.view, buffer + offset).tag);
    expect(tags).toEqual([3, 2]);
    expect([1, 2, 3, 4].map(() => rig.kernel.takeEntry() !== undefined)).toEqual([true, true, true, false]);
  });

  it('closing zeroes the handle, and nothing is written to the buffer afterwards', () => {
    const rig = new Rig();
    const handle = rig.notifications();
    const address = rig.words(handle);
    rig.ok('mvCloseNotifications', address);
    expect(rig.u32(address)).toBe(0);
    rig.kernel.notifications.notify(handle, MvEventType.CHANNELDATAREADABLE, 1);
    expect(rig.news()).toEqual([]);
  });

  it('handles are random: 64 of them are distinct, non-zero and not in sequence', () => {
    const rig = new Rig({ limits: { notificationBuffers: 64 } });
    const handles = Array.from({ length: 64 }, () => {
      const out = rig.words(0);
      rig.ok('mvSetupNotifications', rig.notificationSetup(51, 2), out);
      return rig.u32(out);
    });
    expect(new Set(handles).size).toBe(64);
    expect(handles).not.toContain(0);
    const steps = new Set(handles.slice(1).map((handle, index) => handle - handles[index]));
    expect(steps.size).toBeGreaterThan(60);
  });
});

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
    rig.kernel.tick();
    expect(status(rig, rig.u32(out))).toBe(MvNetworkStatus.CONNECTING);
    expect(rig.kernel.nextDeadline()).toBe(rig.time + 250);
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

  it('tells why it is used', () => {
    const rig = new Rig();
    expect(reasons(rig)).toEqual([MvNetworkReason.NEVERUSEDNETWORKAPI, 0]);
    const handle = rig.words(rig.network());
    expect(reasons(rig)).toEqual([MvNetworkReason.USINGNETWORK, 1]);
    rig.ok('mvReleaseNetwork', handle);
    expect(reasons(rig)).toEqual([MvNetworkReason.NOTCONNECTING, 0]);
    expect(rig.u32(handle)).toBe(0);
  });

  it('an outage closes every channel with NETWORKDISCONNECTED and says so', () => {
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
    rig.kernel.tick();
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
