import { describe, expect, it } from 'vitest';
import { createKernel } from '../../../../host/microvisor/index.js';
import { clocks, identity } from '../cases/identity-and-clocks.js';
import { statusTests } from '../cases/status-tests.js';
import { DEVICE_ID, Rig } from '../rig/rig.js';

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
    expect(() =>
      createKernel({ now: () => 0, deviceId: 'UV12', config: { fetch: async () => [] }, mqttTransport }),
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
