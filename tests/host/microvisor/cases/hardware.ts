import { Rig, type RigOptions } from '../rig/rig.js';
import { OUTSIDE } from '../rig/rig-memory.js';
import { type StatusCase, type StatusRow, statusCases } from './status-case.js';
import { inInterrupt } from './system.js';

/** An application that has used the network, and does so no more. */
const quiet = (rig: Rig): Rig => {
  rig.ok('mvReleaseNetwork', rig.words(rig.network()));
  return rig;
};

const sleepCases = (call: 'mvPowerSave' | 'mvDeepSleep', last: number): StatusCase[] =>
  statusCases(call, [
    ['OKAY', 'while the network is not used', (rig) => quiet(rig).call(call, last)],
    ['PARAMETERFAULT', 'for a mode that does not exist', (rig) => quiet(rig).call(call, last + 1)],
    ['MICROVISORBUSY', 'before the network was ever used', (rig) => rig.call(call, 0)],
    [
      'MICROVISORBUSY',
      'while a network handle is held',
      (rig) => {
        rig.network();
        return rig.call(call, 0);
      },
    ],
    inInterrupt(call, 0),
  ]);

const power = [...sleepCases('mvPowerSave', 4), ...sleepCases('mvDeepSleep', 1)];

const factory = (limits: RigOptions['limits'] = {}) => new Rig({ behaviour: { factory: true }, limits });
const testLog = (rig: Rig, text: string) => {
  const { data, length } = rig.put(text);
  return rig.call('mvTestLog', data, length);
};
const initialised = (rig: Rig): Rig => {
  rig.ok('mvTestLoggingInit', rig.buffer(512), 512);
  return rig;
};
const elsewhere = 'outside of the factory';

const testing = [
  ...statusCases('mvTestingComplete', [
    ['OKAY', 'in the factory', (rig) => rig.call('mvTestingComplete', 0), factory],
    ['UNAVAILABLE', elsewhere, (rig) => rig.call('mvTestingComplete', 0)],
  ]),
  ...statusCases('mvTestLoggingInit', [
    ['OKAY', 'in the factory', (rig) => rig.call('mvTestLoggingInit', rig.buffer(512), 512), factory],
    ['UNAVAILABLE', elsewhere, (rig) => rig.call('mvTestLoggingInit', rig.buffer(512), 512)],
    ['PARAMETERFAULT', 'for a null pointer', (rig) => rig.call('mvTestLoggingInit', 0, 512), factory],
    ['INVALIDBUFFERALIGNMENT', 'off 512', (rig) => rig.call('mvTestLoggingInit', rig.buffer(1024) + 8, 512), factory],
    ['INVALIDBUFFERSIZE', 'for 500 bytes', (rig) => rig.call('mvTestLoggingInit', rig.buffer(512), 500), factory],
  ]),
  ...statusCases('mvTestLog', [
    ['OKAY', 'after initialisation', (rig) => testLog(initialised(rig), 'hello'), factory],
    ['UNAVAILABLE', 'before mvTestLoggingInit', (rig) => testLog(rig, 'hello'), factory],
    ['UNAVAILABLE', elsewhere, (rig) => testLog(rig, 'hello')],
    ['PARAMETERFAULT', 'for a bad pointer', (rig) => initialised(rig).call('mvTestLog', OUTSIDE, 5), factory],
    ['LOGMESSAGETOOLONG', 'for 513 bytes', (rig) => testLog(initialised(rig), 'x'.repeat(513)), factory],
    [
      'INVALIDBUFFERSIZE',
      'when too much is logged at once',
      (rig) => testLog(initialised(rig), 'x'.repeat(200)),
      () => factory({ logBytes: 200 }),
    ],
  ]),
];

const RCC_CR = 0x4602_0c00;
const RCC_PRIVCFGR = 0x4602_0d14;
const GPIO = 0x4202_0000;

const peripheral = [
  ...statusCases('mvPeriphPeek32', [
    ['OKAY', 'for the first register of RCC', (rig) => rig.call('mvPeriphPeek32', RCC_CR, rig.words(0))],
    ['OKAY', 'for the last register of RCC', (rig) => rig.call('mvPeriphPeek32', RCC_PRIVCFGR, rig.words(0))],
    ['PERIPHERALACCESSFAULT', 'past RCC', (rig) => rig.call('mvPeriphPeek32', RCC_PRIVCFGR + 4, rig.words(0))],
    ['PERIPHERALACCESSFAULT', 'off a word', (rig) => rig.call('mvPeriphPeek32', RCC_CR + 2, rig.words(0))],
    ['PERIPHERALACCESSFAULT', 'for a bad pointer', (rig) => rig.call('mvPeriphPeek32', RCC_CR, OUTSIDE)],
  ]),
  ...statusCases('mvPeriphPoke32', [
    ['OKAY', 'for a register of RCC', (rig) => rig.call('mvPeriphPoke32', RCC_CR, 1, 1)],
    ['PERIPHERALACCESSFAULT', 'for another peripheral', (rig) => rig.call('mvPeriphPoke32', GPIO, 1, 1)],
  ]),
];

const SSID = 4;
const wifi = (rig: Rig, words: number[], call: 'mvSetWifiConfig' | 'mvGetWifiConfig' = 'mvSetWifiConfig') =>
  rig.call(call, rig.words(...words));
const wifiOut = (rig: Rig, size = 32) => [1, rig.alloc(32), size, rig.words(0), rig.words(0)];
const joined = (rig: Rig): Rig => {
  const { data, length } = rig.put('home');
  wifi(rig, [1, 0, data, length, data, length]);
  return rig;
};

const wifiCases = [
  ...statusCases('mvSetWifiConfig', [
    ['OKAY', 'for a name and a password', (rig) => wifi(rig, [1, 0, rig.alloc(4), SSID, rig.alloc(8), 8])],
    ['OKAY', 'to clear, whatever else it says', (rig) => wifi(rig, [1, 1, OUTSIDE, 99, OUTSIDE, 99])],
    ['PARAMETERFAULT', 'for a null structure', (rig) => rig.call('mvSetWifiConfig', 0)],
    ['PARAMETERFAULT', 'for mode 2', (rig) => wifi(rig, [1, 2, rig.alloc(4), SSID, 0, 0])],
    ['PARAMETERFAULT', 'for a bad name', (rig) => wifi(rig, [1, 0, OUTSIDE, SSID, 0, 0])],
    ['PARAMETERFAULT', 'for a bad password', (rig) => wifi(rig, [1, 0, 0, 0, OUTSIDE, 8])],
    ['UNSUPPORTEDSTRUCTUREVERSION', 'for version 2', (rig) => wifi(rig, [2, 0, 0, 0, 0, 0])],
    ['INPUTTOOLONG', 'for a name of 33 bytes', (rig) => wifi(rig, [1, 0, rig.alloc(40), 33, 0, 0])],
    ['INPUTTOOLONG', 'for a password of 65 bytes', (rig) => wifi(rig, [1, 0, 0, 0, rig.alloc(80), 65])],
    inInterrupt('mvSetWifiConfig', 1024),
  ]),
  ...statusCases('mvGetWifiConfig', [
    ['OKAY', 'while nothing is stored', (rig) => wifi(rig, wifiOut(rig), 'mvGetWifiConfig')],
    ['PARAMETERFAULT', 'for a null structure', (rig) => rig.call('mvGetWifiConfig', 0)],
    ...[1, 3, 4].map(
      (index): StatusRow => [
        'PARAMETERFAULT',
        `for a bad pointer in word ${index}`,
        (rig) => wifi(rig, wifiOut(rig).with(index, OUTSIDE), 'mvGetWifiConfig'),
      ],
    ),
    ['UNSUPPORTEDSTRUCTUREVERSION', 'for version 2', (rig) => wifi(rig, wifiOut(rig).with(0, 2), 'mvGetWifiConfig')],
    [
      'INVALIDBUFFERSIZE',
      'for a name that does not fit',
      (rig) => wifi(joined(rig), wifiOut(rig, 3), 'mvGetWifiConfig'),
    ],
    inInterrupt('mvGetWifiConfig', 1024),
  ]),
];

export const hardware: StatusCase[] = [...power, ...testing, ...peripheral, ...wifiCases];
