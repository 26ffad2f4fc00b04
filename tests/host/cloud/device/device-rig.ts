import { onTestFinished } from 'vitest';
import { type CloudService, DeviceLink, HttpCloudService, StoreCloudService } from '../../../../host/cloud/index.js';
import { CloudFollower, Device, type FollowerEvent, realClock } from '../../../../host/microvisor/index.js';
import { ACCOUNT_SID, openCloud, SID } from '../cloud-rig.js';

/** Resolves when a condition holds; it is looked at after each call of `look`. */
export class Seen<T> {
  readonly all: T[] = [];
  #looks: (() => void)[] = [];

  add(item: T): void {
    this.all.push(item);
    for (const look of this.#looks) look();
  }

  /** The first item, of those that are there or come, for which the test holds. */
  async first(test: (item: T) => boolean): Promise<T> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.all.find(test);
        if (found === undefined) return;
        this.#looks = this.#looks.filter((other) => other !== look);
        resolve(found);
      };
      this.#looks.push(look);
      look();
    });
  }
}

/** A cloud with a key of its device; `service` is the one in the process, or the one behind HTTP. */
export async function openDeviceCloud(kind: 'near' | 'far', options: Parameters<typeof openCloud>[0] = {}) {
  const opened = await openCloud({ now: Date.now, ...options });
  const { store, cloud } = opened;
  const { key } = await store.deviceKeys(ACCOUNT_SID).create(SID);
  const service: CloudService =
    kind === 'near' ? new StoreCloudService(store, ACCOUNT_SID, SID) : new HttpCloudService(cloud.url, key);
  return {
    ...opened,
    key,
    service,
    devices: store.devices(ACCOUNT_SID),
    apps: store.apps(ACCOUNT_SID),
    logs: store.logs(ACCOUNT_SID),
  };
}

/** A device that follows a cloud; it has started. */
export async function startFollowing(service: CloudService, guest: Uint8Array) {
  const events = new Seen<FollowerEvent>();
  const lines = new Seen<string>();
  const link = new DeviceLink(service, { clock: realClock, logDelay: 1, backOff: { first: 5, most: 20 } });
  let follower: CloudFollower | undefined;
  const device = await Device.load({
    deviceId: SID,
    config: link,
    guest,
    onEvent: (event) => {
      follower?.observe(event);
      if (event.event === 'log') lines.add(event.text);
    },
  });
  follower = new CloudFollower(device, link, (event) => events.add(event));
  onTestFinished(async () => {
    follower.stop();
    await device.stop();
    await link.close();
  });
  await follower.follow();
  device.start();
  follower.started();
  return { device, link, follower, events, lines };
}
