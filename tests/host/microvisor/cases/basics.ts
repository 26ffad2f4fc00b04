import {
  MvChannelType,
  MvNotificationSetupLayout,
  writeMvNotificationSetup,
} from '../../../../build/abi/microvisor.js';
import { OUTSIDE, Rig } from '../rig/rig.js';
import type { StatusCase } from './status-case.js';

const CONFIG = MvChannelType.CONFIGFETCH;

export const identity: StatusCase[] = [
  { call: 'mvNoOp', status: 'OKAY', when: 'always', run: (rig) => rig.call('mvNoOp') },
  {
    call: 'mvGetDeviceId',
    status: 'OKAY',
    when: 'for 34 bytes',
    run: (rig) => rig.call('mvGetDeviceId', rig.alloc(34), 34),
  },
  ...[0, 33, 35].map(
    (length): StatusCase => ({
      call: 'mvGetDeviceId',
      status: 'INVALIDBUFFERSIZE',
      when: `for a buffer of ${length} bytes`,
      run: (rig) => rig.call('mvGetDeviceId', rig.alloc(40), length),
    }),
  ),
  {
    call: 'mvGetDeviceId',
    status: 'PARAMETERFAULT',
    when: 'for a null pointer',
    run: (rig) => rig.call('mvGetDeviceId', 0, 34),
  },
  {
    call: 'mvGetDeviceId',
    status: 'PARAMETERFAULT',
    when: 'for a buffer that reaches past memory',
    run: (rig) => rig.call('mvGetDeviceId', rig.memory.buffer.byteLength - 33, 34),
  },
];

export const clocks: StatusCase[] = [
  ...(['mvGetSysClk', 'mvGetHClk', 'mvGetPClk1', 'mvGetPClk2', 'mvGetMicroseconds', 'mvGetWallTime'] as const).flatMap(
    (call): StatusCase[] => [
      {
        call,
        status: 'OKAY',
        when: 'for a good pointer',
        rig: () => new Rig({ wallClock: () => 5 }),
        run: (rig) => rig.call(call, rig.alloc(8)),
      },
      { call, status: 'PARAMETERFAULT', when: 'for a null pointer', run: (rig) => rig.call(call, 0) },
      { call, status: 'PARAMETERFAULT', when: 'outside memory', run: (rig) => rig.call(call, OUTSIDE) },
      {
        call,
        status: 'PARAMETERFAULT',
        when: 'for a misaligned pointer',
        run: (rig) => rig.call(call, rig.alloc(16) + 2),
      },
    ],
  ),
  {
    call: 'mvGetWallTime',
    status: 'TIMENOTSET',
    when: 'while the time is not known',
    rig: () => new Rig({ wallClock: () => undefined }),
    run: (rig) => rig.call('mvGetWallTime', rig.alloc(8)),
  },
];

const LOG = 512;
const initialised = (rig: Rig): Rig => {
  rig.ok('mvServerLoggingInit', rig.buffer(LOG), LOG);
  return rig;
};
const log = (rig: Rig, text: string) => {
  const { data, length } = rig.put(text);
  return rig.call('mvServerLog', data, length);
};

export const logging: StatusCase[] = [
  {
    call: 'mvServerLoggingInit',
    status: 'OKAY',
    when: 'for an aligned buffer',
    run: (rig) => rig.call('mvServerLoggingInit', rig.buffer(LOG), LOG),
  },
  {
    call: 'mvServerLoggingInit',
    status: 'PARAMETERFAULT',
    when: 'for a null pointer',
    run: (rig) => rig.call('mvServerLoggingInit', 0, LOG),
  },
  {
    call: 'mvServerLoggingInit',
    status: 'INVALIDBUFFERALIGNMENT',
    when: 'off a 512-byte boundary',
    run: (rig) => rig.call('mvServerLoggingInit', rig.buffer(1024) + 8, LOG),
  },
  ...[0, 100, 513].map(
    (size): StatusCase => ({
      call: 'mvServerLoggingInit',
      status: 'INVALIDBUFFERSIZE',
      when: `for ${size} bytes`,
      run: (rig) => rig.call('mvServerLoggingInit', rig.buffer(1024), size),
    }),
  ),
  { call: 'mvServerLog', status: 'OKAY', when: 'after initialisation', run: (rig) => log(initialised(rig), 'hello') },
  { call: 'mvServerLog', status: 'UNAVAILABLE', when: 'before mvServerLoggingInit', run: (rig) => log(rig, 'hello') },
  {
    call: 'mvServerLog',
    status: 'PARAMETERFAULT',
    when: 'for a bad pointer',
    run: (rig) => initialised(rig).call('mvServerLog', OUTSIDE, 5),
  },
  {
    call: 'mvServerLog',
    status: 'INVALIDBUFFERSIZE',
    when: 'when the buffer has no room for it',
    run: (rig) => log(initialised(rig), 'x'.repeat(513)),
  },
  {
    call: 'mvServerLog',
    status: 'INVALIDBUFFERSIZE',
    when: 'when lines kept during an outage fill the buffer',
    run: (rig) => {
      initialised(rig).kernel.network.setLink(false);
      log(rig, 'x'.repeat(500));
      return log(rig, 'x'.repeat(20));
    },
  },
  {
    call: 'mvServerLog',
    status: 'LOGMESSAGETOOLONG',
    when: 'above the longest message',
    rig: () => new Rig({ limits: { logMessageBytes: 10 } }),
    run: (rig) => log(initialised(rig), 'x'.repeat(11)),
  },
  {
    call: 'mvServerLog',
    status: 'LOGGINGDISABLEDBYSERVER',
    when: 'when the server has switched logging off',
    rig: () => new Rig({ behaviour: { serverLogging: false } }),
    run: (rig) => log(initialised(rig), 'hello'),
  },
];

const setup = (rig: Rig, irq: number, buffer: number, bufferSize: number, out = rig.words(0)) => {
  const address = rig.alloc(MvNotificationSetupLayout.SIZE);
  writeMvNotificationSetup(rig.view, address, { irq, buffer, bufferSize });
  return rig.call('mvSetupNotifications', address, out);
};

export const notifications: StatusCase[] = [
  {
    call: 'mvSetupNotifications',
    status: 'OKAY',
    when: 'for two records',
    run: (rig) => setup(rig, 51, rig.alloc(32), 32),
  },
  {
    call: 'mvSetupNotifications',
    status: 'PARAMETERFAULT',
    when: 'for a null structure',
    run: (rig) => rig.call('mvSetupNotifications', 0, rig.words(0)),
  },
  {
    call: 'mvSetupNotifications',
    status: 'PARAMETERFAULT',
    when: 'for a null handle pointer',
    run: (rig) => setup(rig, 51, rig.alloc(32), 32, 0),
  },
  {
    call: 'mvSetupNotifications',
    status: 'PARAMETERFAULT',
    when: 'for a buffer outside memory',
    run: (rig) => setup(rig, 51, OUTSIDE, 32),
  },
  {
    call: 'mvSetupNotifications',
    status: 'PARAMETERFAULT',
    when: 'for a misaligned buffer',
    run: (rig) => setup(rig, 51, rig.alloc(48) + 4, 32),
  },
  ...[0, 16, 40].map(
    (size): StatusCase => ({
      call: 'mvSetupNotifications',
      status: 'INVALIDBUFFERSIZE',
      when: `for ${size} bytes`,
      run: (rig) => setup(rig, 51, rig.alloc(64), size),
    }),
  ),
  {
    call: 'mvSetupNotifications',
    status: 'INVALIDINTERRUPT',
    when: 'for interrupt 125',
    run: (rig) => setup(rig, 125, rig.alloc(32), 32),
  },
  {
    call: 'mvSetupNotifications',
    status: 'BUFFERALREADYINUSE',
    when: 'for a buffer that overlaps another by one record',
    run: (rig) => {
      const buffer = rig.alloc(64);
      setup(rig, 51, buffer, 32);
      return setup(rig, 52, buffer + 16, 32);
    },
  },
  {
    call: 'mvSetupNotifications',
    status: 'BUFFERALREADYINUSE',
    when: "inside a channel's receive buffer",
    run: (rig) => {
      const receiveBuffer = rig.buffer(512);
      rig.channel(CONFIG, { receiveBuffer, receiveBufferLen: 512 });
      return setup(rig, 51, receiveBuffer + 64, 32);
    },
  },
  {
    call: 'mvSetupNotifications',
    status: 'BUFFERALREADYINUSE',
    when: 'inside the log buffer',
    run: (rig) => {
      const buffer = rig.buffer(512);
      rig.ok('mvServerLoggingInit', buffer, 512);
      return setup(rig, 51, buffer, 32);
    },
  },
  {
    call: 'mvSetupNotifications',
    status: 'TOOMANYNOTIFICATIONBUFFERS',
    when: 'for the 33rd buffer',
    run: (rig) => {
      for (let count = 0; count < 32; count++)
        rig.ok('mvSetupNotifications', rig.notificationSetup(51, 2), rig.words(0));
      return rig.call('mvSetupNotifications', rig.notificationSetup(51, 2), rig.words(0));
    },
  },
  {
    call: 'mvCloseNotifications',
    status: 'OKAY',
    when: 'for an open handle',
    run: (rig) => rig.call('mvCloseNotifications', rig.words(rig.notifications())),
  },
  {
    call: 'mvCloseNotifications',
    status: 'PARAMETERFAULT',
    when: 'for a null pointer',
    run: (rig) => rig.call('mvCloseNotifications', 0),
  },
  {
    call: 'mvCloseNotifications',
    status: 'INVALIDHANDLE',
    when: 'for zero',
    run: (rig) => rig.call('mvCloseNotifications', rig.words(0)),
  },
  {
    call: 'mvCloseNotifications',
    status: 'INVALIDHANDLE',
    when: 'for a network handle',
    run: (rig) => rig.call('mvCloseNotifications', rig.words(rig.network())),
  },
  {
    call: 'mvCloseNotifications',
    status: 'INVALIDHANDLE',
    when: 'for a handle that was closed',
    run: (rig) => {
      const handle = rig.notifications();
      rig.ok('mvCloseNotifications', rig.words(handle));
      return rig.call('mvCloseNotifications', rig.words(handle));
    },
  },
];

export const network: StatusCase[] = [
  {
    call: 'mvRequestNetwork',
    status: 'OKAY',
    when: 'for version 1',
    run: (rig) => rig.call('mvRequestNetwork', rig.networkParams(), rig.words(0)),
  },
  {
    call: 'mvRequestNetwork',
    status: 'PARAMETERFAULT',
    when: 'for a null structure',
    run: (rig) => rig.call('mvRequestNetwork', 0, rig.words(0)),
  },
  {
    call: 'mvRequestNetwork',
    status: 'PARAMETERFAULT',
    when: 'for a null handle pointer',
    run: (rig) => rig.call('mvRequestNetwork', rig.networkParams(), 0),
  },
  {
    call: 'mvRequestNetwork',
    status: 'PARAMETERFAULT',
    when: 'for a notification handle that is none',
    run: (rig) => rig.call('mvRequestNetwork', rig.networkParams({ notificationHandle: 77 }), rig.words(0)),
  },
  {
    call: 'mvRequestNetwork',
    status: 'UNSUPPORTEDSTRUCTUREVERSION',
    when: 'for version 2',
    run: (rig) => rig.call('mvRequestNetwork', rig.networkParams({ version: 2 }), rig.words(0)),
  },
  {
    call: 'mvReleaseNetwork',
    status: 'OKAY',
    when: 'for an open handle',
    run: (rig) => rig.call('mvReleaseNetwork', rig.words(rig.network())),
  },
  {
    call: 'mvReleaseNetwork',
    status: 'PARAMETERFAULT',
    when: 'outside memory',
    run: (rig) => rig.call('mvReleaseNetwork', OUTSIDE),
  },
  {
    call: 'mvReleaseNetwork',
    status: 'INVALIDHANDLE',
    when: 'for a notification handle',
    run: (rig) => rig.call('mvReleaseNetwork', rig.words(rig.notifications())),
  },
  {
    call: 'mvGetNetworkStatus',
    status: 'OKAY',
    when: 'for an open handle',
    run: (rig) => rig.call('mvGetNetworkStatus', rig.network(), rig.words(0)),
  },
  {
    call: 'mvGetNetworkStatus',
    status: 'PARAMETERFAULT',
    when: 'for a null pointer',
    run: (rig) => rig.call('mvGetNetworkStatus', rig.network(), 0),
  },
  {
    call: 'mvGetNetworkStatus',
    status: 'INVALIDHANDLE',
    when: 'for zero',
    run: (rig) => rig.call('mvGetNetworkStatus', 0, rig.words(0)),
  },
  {
    call: 'mvGetNetworkReasons',
    status: 'OKAY',
    when: 'for good pointers',
    run: (rig) => rig.call('mvGetNetworkReasons', rig.words(0), rig.words(0)),
  },
  {
    call: 'mvGetNetworkReasons',
    status: 'PARAMETERFAULT',
    when: 'for a null reasons pointer',
    run: (rig) => rig.call('mvGetNetworkReasons', 0, rig.words(0)),
  },
  {
    call: 'mvGetNetworkReasons',
    status: 'PARAMETERFAULT',
    when: 'for a null count pointer',
    run: (rig) => rig.call('mvGetNetworkReasons', rig.words(0), 0),
  },
];
