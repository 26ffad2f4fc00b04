import {
  writeMvConfigKeyFetchParams,
  writeMvConfigKeyToFetch,
  writeMvConfigResponseReadItemParams,
} from '../../../../build/abi/microvisor.js';
import type { Application, CallCommand, Said } from './application.js';

function fetchConfigs(application: Application, [scope, store, ...keys]: string[]): Said {
  const { rig, handles } = application;
  const list = rig.alloc(keys.length * 16 || 4);
  for (const [index, key] of keys.entries()) {
    writeMvConfigKeyToFetch(rig.view, list + index * 16, {
      scope: Number(scope),
      store: Number(store),
      key: rig.put(application.text(key)),
    });
  }
  const address = rig.alloc(8);
  writeMvConfigKeyFetchParams(rig.view, address, { numItems: keys.length, keysToFetch: application.nested(list) });
  return application.call('mvSendConfigFetchRequest', [handles.channel, application.outer(address)]);
}

function readItem(application: Application, [itemIndex, size]: number[]): Said {
  const { rig, handles } = application;
  const [result, length] = [rig.words(0), rig.words(0)];
  const address = rig.alloc(20);
  const buf = { data: rig.alloc(size || 1), size, length };
  writeMvConfigResponseReadItemParams(rig.view, address, { itemIndex, result: application.nested(result), buf });
  return application.call('mvReadConfigResponseItem', [handles.channel, application.outer(address)], () => [
    rig.u32(result),
    rig.u32(length),
  ]);
}

function networkReasons(application: Application): Said {
  const { rig } = application;
  const [reasons, count] = [rig.words(0), rig.words(0)];
  return application.call('mvGetNetworkReasons', [application.outer(reasons), count], () => [
    rig.u32(reasons) * 100 + rig.u32(count),
  ]);
}

function deviceId(application: Application, [length]: number[]): Said {
  const { rig } = application;
  const out = rig.alloc(35);
  const status = rig.call('mvGetDeviceId', application.outer(out), length);
  return [status, rig.text(out, 34).replaceAll('\0', '')];
}

/** Commands for the device, its network and its configs. The twin of ../driver/device_commands.c. */
export const deviceCommands: Record<string, CallCommand> = {
  unset: (application) => application.callForHandle('mvCloseNotifications', [], 'notifications'),
  network: (application, [version]) => {
    const { rig, handles } = application;
    const params = rig.networkParams({ version: Number(version), notificationHandle: handles.notifications });
    return application.callForHandle('mvRequestNetwork', [application.outer(params)], 'network');
  },
  release: (application) => application.callForHandle('mvReleaseNetwork', [], 'network'),
  status: (application) => application.callForWords('mvGetNetworkStatus', [application.handles.network], 1),
  reasons: networkReasons,
  reason: (application) => application.callForWords('mvGetChannelClosureReason', [application.handles.channel], 1),
  device: (application, words) => deviceId(application, words.map(Number)),
  // The upper half is 0, and the driver in C prints the whole.
  microseconds: (application) => application.callForWords('mvGetMicroseconds', [], 2).slice(0, 2),
  wall: (application) => application.call('mvGetWallTime', [application.outer(application.rig.alloc(8))]),
  logging: (application, [size, offset]) =>
    application.call('mvServerLoggingInit', [application.rig.buffer(8192) + Number(offset), Number(size)]),
  log: (application, [word]) => {
    const line = application.rig.put(application.text(word));
    return application.call('mvServerLog', [application.outer(line.data), line.length]);
  },
  config: fetchConfigs,
  response: (application) =>
    application.callForWords('mvReadConfigFetchResponseData', [application.handles.channel], 2),
  item: (application, words) => readItem(application, words.map(Number)),
};
