import { describe, expect, it } from 'vitest';
import { MvMqttRequestState } from '../../../../build/abi/microvisor.js';
import { ReactiveGuest } from '../../../../host/microvisor/guest/reactive-guest.js';
import { UnpausedTime } from '../../../../host/microvisor/guest/unpaused-time.js';
import type { FamilyServices } from '../../../../host/microvisor/kernel/family.js';
import { Kernel } from '../../../../host/microvisor/kernel/kernel.js';
import type { MqttTransportFactory } from '../../../../host/microvisor/transport/transport.js';
import { DEVICE_ID, Rig } from '../rig/rig.js';

/** A clock that goes on by a millisecond at each reading. */
class Clock {
  readings = 0;
  now = () => ++this.readings;
}

/** A transport that fails before it is there. */
const failing: MqttTransportFactory = (_, events) => {
  events.closed({ requestState: MvMqttRequestState.SOCKETERROR, detail: 'no' });
  return { write: () => {}, end: () => {}, destroy: () => {} };
};

/** A kernel with a family that keeps the times it sees. */
function watched() {
  const clock = new Clock();
  const seen: number[] = [];
  let services: FamilyServices | undefined;
  const kernel = new Kernel({ now: clock.now, deviceId: DEVICE_ID }, [
    (own) => {
      services = own;
      return {
        calls: {},
        tick: (now) => {
          seen.push(now, own.now());
          own.turn((inner) => seen.push(inner, own.now()));
        },
      };
    },
  ]);
  return { clock, kernel, seen, services: services! };
}

describe('a turn', () => {
  it('has one time: tick hands its own to whatever it calls, and reads no clock', () => {
    const { clock, kernel, seen } = watched();
    const before = clock.readings;
    kernel.tick(500);
    expect(seen).toEqual([500, 500, 500, 500]);
    expect(clock.readings).toBe(before);
  });

  it('reads the clock once when it comes from outside, and again for the next one', () => {
    const { clock, services } = watched();
    const before = clock.readings;
    const seen: number[] = [];
    services.turn((now) => seen.push(now, services.now(), services.now()));
    expect(new Set(seen).size).toBe(1);
    expect(clock.readings).toBe(before + 1);
    expect(services.now()).toBe(before + 2);
  });

  it('ends also when its work throws', () => {
    const { clock, services } = watched();
    expect(() =>
      services.turn(() => {
        throw new Error('no');
      }),
    ).toThrow('no');
    const { readings } = clock;
    expect(services.now()).toBe(readings + 1);
  });
});

describe('a guest in a turn', () => {
  it('sees the time of the turn, but for what it measures by itself', () => {
    const { clock, kernel, services } = watched();
    const seen: number[] = [];
    const exports = {
      mv_app_start: () => {
        seen.push(services.now(), services.now());
        kernel.setTimer(0);
      },
      mv_app_timer: () => {
        seen.push(services.now(), services.now());
        expect(kernel.microseconds()).toBeLessThan(kernel.microseconds());
      },
    };
    const guest = new ReactiveGuest(kernel, exports, new UnpausedTime(kernel, {}));
    guest.start();
    const { readings } = clock;
    guest.run(500);
    expect(seen).toEqual([readings - 1, readings - 1, 500, 500]);
    expect(clock.readings).toBe(readings + 2);
  });
});

/** Counts how often the kernel reads its clock. */
class CountingRig extends Rig {
  readings = 0;
  override now(): number {
    this.readings++;
    return super.now();
  }
}

describe('a connection', () => {
  it('that fails while it is opened does so in the turn of the tick', () => {
    const rig = new CountingRig({ mqttTransport: failing });
    rig.ok('mvMqttRequestConnect', rig.channel(), rig.connectRequest());
    const { readings } = rig;
    rig.kernel.tick(rig.time);
    expect(rig.events).toContainEqual(expect.objectContaining({ event: 'connectFailed', detail: 'no' }));
    // One for the time in the notification.
    expect(rig.readings).toBe(readings + 1);
  });
});
