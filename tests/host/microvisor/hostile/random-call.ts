import { callSignatures, type SystemCallName, systemCalls } from '../../../../build/abi/microvisor.js';
import type { Random } from '../../broker/engine/robustness/random.js';
import { systemParams } from '../cases/system.js';
import { fetchParams, itemParams } from '../rig/config-structures.js';
import { httpRequest } from '../rig/http-structures.js';
import {
  codesResponse,
  credentials,
  lostOut,
  messageOut,
  publishRequest,
  subscribeRequest,
  unsubscribeRequest,
  will,
} from '../rig/mqtt-structures.js';
import type { HostileWorld } from './hostile-world.js';

const NAMES = Object.keys(callSignatures) as SystemCallName[];
/** Calls after which there is little to call: they are made less often. */
const ENDS: readonly SystemCallName[] = [
  'mvRestart',
  'mvDeepSleep',
  'mvTestingComplete',
  'mvCloseChannel',
  'mvCloseNotifications',
  'mvReleaseNetwork',
];
/** What a guest is most busy with: the type of its channels, and its calls. */
const FOCI: readonly (readonly [channelType: number, calls: RegExp])[] = [
  [0, /(Read|Write)Channel/],
  [1, /Mqtt/],
  [1, /Mqtt(Request|Receive|Read|Ack)/],
  [2, /Http/],
  [3, /Config(Fetch|Response)/],
  [1, /./],
];
/** Calls that open a handle: its type, and which argument points to it. */
const OPENS: Partial<Record<SystemCallName, [type: string, argument: number]>> = {
  mvSetupNotifications: ['MvNotificationHandle', 1],
  mvRequestNetwork: ['MvNetworkHandle', 1],
  mvOpenChannel: ['MvChannelHandle', 1],
  mvOpenSystemNotification: ['MvSystemEventHandle', 1],
  mvExternalFlashOpen: ['MvExternalFlashHandle', 0],
};
const ODD = [
  0, 1, 2, 4, 16, 33, 511, 512, 1024, 0xffff, 0x1_0000, 0x7_ffff, 0x8_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
];

/** A number as a guest would guess it: a handle, something odd, or anything. */
function guess(random: Random): number {
  const kind = random.below(10);
  if (kind < 6) return random.below(24);
  return kind < 9 ? random.pick(ODD) : random.below(0x1_0000_0000);
}

/** A handle of that type that was opened, or a guess. */
function handle(world: HostileWorld, random: Random, type = 'MvChannelHandle'): number {
  const opened = world.handles.get(type);
  return opened && random.below(8) > 0 ? random.pick(opened) : guess(random);
}

type Maker = (world: HostileWorld, random: Random) => number[];

/** Arguments that a call may have succeeded with, for those whose structures chance does not make. */
const MAKERS: Partial<Record<SystemCallName, Maker>> = {
  mvSetupNotifications: (world, random) => [world.notificationSetup(random.pick([51, 45]), 4), world.words(0)],
  mvRequestNetwork: (world, random) => {
    const notificationHandle = handle(world, random, 'MvNotificationHandle');
    return [world.networkParams({ notificationHandle }), world.words(0)];
  },
  mvOpenChannel: (world, random) => {
    const type = random.below(3) > 0 ? FOCI[world.focus][0] : random.below(4);
    const endpoint = type === 0 ? world.put('log') : { data: 0, length: 0 };
    const notificationHandle = handle(world, random, 'MvNotificationHandle');
    const networkHandle = handle(world, random, 'MvNetworkHandle');
    return [world.channelParams(type, { endpoint, notificationHandle, networkHandle }), world.words(0)];
  },
  mvCloseChannel: (world, random) => [world.words(handle(world, random))],
  mvCloseNotifications: (world, random) => [world.words(handle(world, random, 'MvNotificationHandle'))],
  mvReleaseNetwork: (world, random) => [world.words(handle(world, random, 'MvNetworkHandle'))],
  mvOpenSystemNotification: (world, random) => [
    systemParams(world, random.below(2), handle(world, random, 'MvNotificationHandle')),
    world.words(0),
  ],
  mvSendConfigFetchRequest: (world, random) => [
    handle(world, random),
    fetchParams(world, [{ key: 'a' }, { key: 'b' }]),
  ],
  mvReadConfigResponseItem: (world, random) => [handle(world, random), itemParams(world, random.below(3)).address],
  mvSendHttpRequest: (world, random) => {
    const url = random.pick(['https://a.test/', 'https://a.test/', 'https://a.test/', 'a']);
    return [handle(world, random), httpRequest(world, { url, headers: ['A: b'], body: 'c' })];
  },
  mvMqttRequestConnect: (world, random) => [
    handle(world, random),
    world.connectRequest({
      protocolVersion: random.pick([0, 1]),
      tlsCredentials: random.flip()
        ? 0
        : credentials(world, { ca: [Buffer.of(48)], chain: [Buffer.of(48)], key: Buffer.of(48) }),
      will: random.flip() ? 0 : will(world, 'w', 'p'),
    }),
  ],
  mvMqttRequestSubscribe: (world, random) => [handle(world, random), subscribeRequest(world, ['a/b', 'c/#'])],
  mvMqttRequestUnsubscribe: (world, random) => [handle(world, random), unsubscribeRequest(world, ['a/b'])],
  mvMqttRequestPublish: (world, random) => [handle(world, random), publishRequest(world, 'a', 'b', random.below(3))],
  mvMqttReadSubscribeResponse: (world, random) => [handle(world, random), codesResponse(world).address],
  mvMqttReadUnsubscribeResponse: (world, random) => [handle(world, random), codesResponse(world).address],
  mvMqttReceiveMessage: (world, random) => [handle(world, random), messageOut(world).address],
  mvMqttReceiveLostMessageInfo: (world, random) => [handle(world, random), lostOut(world).address],
};

/** Chance alone: a pointer leads somewhere into memory more often than not, and what lies there is of the same kind. */
function anything(name: SystemCallName, world: HostileWorld, random: Random): number[] {
  return systemCalls[name].params.map(({ type }) => {
    if (type.endsWith('Handle')) return handle(world, random, type);
    if (!type.endsWith('*') || random.below(4) === 0) return guess(random);
    return world.words(...Array.from({ length: 12 }, () => guess(random)));
  });
}

/** How many foci there are. */
export const FOCUS_COUNT = FOCI.length;

/** A call and its arguments. A third of those that are right is spoilt somewhere. */
export function randomCall(world: HostileWorld, random: Random): [SystemCallName, number[]] {
  const [, calls] = FOCI[world.focus];
  let name = random.pick(random.flip() ? NAMES : NAMES.filter((candidate) => calls.test(candidate)));
  if (random.below(20) === 0) name = 'mvOpenChannel';
  if (ENDS.includes(name) && random.below(4) > 0) name = random.pick(NAMES);
  const maker = MAKERS[name];
  if (!maker || random.below(4) === 0) return [name, anything(name, world, random)];
  const words = maker(world, random);
  if (random.below(3) > 0) return [name, words];
  const spoilt = random.below(words.length);
  const address = words[spoilt] + 4 * random.below(11);
  if (random.flip() && address + 4 <= world.view.byteLength) world.view.setUint32(address, guess(random), true);
  else words[spoilt] = guess(random);
  return [name, words];
}

/** Remembers the handle that a call has opened. */
export function remember(world: HostileWorld, name: SystemCallName, words: number[]): void {
  const [type, argument] = OPENS[name] ?? [];
  if (type === undefined || argument === undefined) return;
  const opened = world.handles.get(type) ?? [];
  world.handles.set(type, [...opened, world.u32(words[argument])].slice(-3));
}
