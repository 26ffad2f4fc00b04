import { Rig } from '../rig/rig.js';
import { OUTSIDE } from '../rig/rig-memory.js';
import { type StatusCase, type StatusRow, statusCases } from './status-case.js';

const SIZE = 512;
const initialised = (rig: Rig): Rig => {
  rig.ok('mvServerLoggingInit', rig.buffer(SIZE), SIZE);
  return rig;
};
const log = (rig: Rig, text: string) => {
  const { data, length } = rig.put(text);
  return rig.call('mvServerLog', data, length);
};

export const logging: StatusCase[] = [
  ...statusCases('mvServerLoggingInit', [
    ['OKAY', 'for an aligned buffer', (rig) => rig.call('mvServerLoggingInit', rig.buffer(SIZE), SIZE)],
    ['PARAMETERFAULT', 'for a null pointer', (rig) => rig.call('mvServerLoggingInit', 0, SIZE)],
    [
      'INVALIDBUFFERALIGNMENT',
      'off a 512-byte boundary',
      (rig) => rig.call('mvServerLoggingInit', rig.buffer(1024) + 8, SIZE),
    ],
    ...[0, 100, 513].map(
      (size): StatusRow => [
        'INVALIDBUFFERSIZE',
        `for ${size} bytes`,
        (rig) => rig.call('mvServerLoggingInit', rig.buffer(1024), size),
      ],
    ),
  ]),
  ...statusCases('mvServerLog', [
    ['OKAY', 'after initialisation', (rig) => log(initialised(rig), 'hello')],
    ['UNAVAILABLE', 'before mvServerLoggingInit', (rig) => log(rig, 'hello')],
    ['PARAMETERFAULT', 'for a bad pointer', (rig) => initialised(rig).call('mvServerLog', OUTSIDE, 5)],
    ['INVALIDBUFFERSIZE', 'when the buffer has no room for it', (rig) => log(initialised(rig), 'x'.repeat(513))],
    [
      'INVALIDBUFFERSIZE',
      'when lines kept during an outage fill the buffer',
      (rig) => {
        initialised(rig).kernel.network.setLink(false);
        log(rig, 'x'.repeat(500));
        return log(rig, 'x'.repeat(20));
      },
    ],
    [
      'LOGMESSAGETOOLONG',
      'above the longest message',
      (rig) => log(initialised(rig), 'x'.repeat(11)),
      () => new Rig({ limits: { logMessageBytes: 10 } }),
    ],
    [
      'LOGGINGDISABLEDBYSERVER',
      'when the server has switched logging off',
      (rig) => log(initialised(rig), 'hello'),
      () => new Rig({ behaviour: { serverLogging: false } }),
    ],
  ]),
];
