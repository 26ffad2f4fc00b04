import { OUTSIDE } from '../rig/rig-memory.js';
import { type StatusCase, statusCases } from './status-case.js';

export const network: StatusCase[] = [
  ...statusCases('mvRequestNetwork', [
    ['OKAY', 'for version 1', (rig) => rig.call('mvRequestNetwork', rig.networkParams(), rig.words(0))],
    ['PARAMETERFAULT', 'for a null structure', (rig) => rig.call('mvRequestNetwork', 0, rig.words(0))],
    ['PARAMETERFAULT', 'for a null handle pointer', (rig) => rig.call('mvRequestNetwork', rig.networkParams(), 0)],
    [
      'PARAMETERFAULT',
      'for an unknown notification handle',
      (rig) => rig.call('mvRequestNetwork', rig.networkParams({ notificationHandle: 77 }), rig.words(0)),
    ],
    [
      'PARAMETERFAULT',
      'for the 33rd handle',
      (rig) => {
        for (let count = 0; count < 32; count++) rig.ok('mvRequestNetwork', rig.networkParams(), rig.words(0));
        return rig.call('mvRequestNetwork', rig.networkParams(), rig.words(0));
      },
    ],
    [
      'UNSUPPORTEDSTRUCTUREVERSION',
      'for version 2',
      (rig) => rig.call('mvRequestNetwork', rig.networkParams({ version: 2 }), rig.words(0)),
    ],
  ]),
  ...statusCases('mvReleaseNetwork', [
    ['OKAY', 'for an open handle', (rig) => rig.call('mvReleaseNetwork', rig.words(rig.network()))],
    ['PARAMETERFAULT', 'outside memory', (rig) => rig.call('mvReleaseNetwork', OUTSIDE)],
    [
      'INVALIDHANDLE',
      'for a notification handle',
      (rig) => rig.call('mvReleaseNetwork', rig.words(rig.notifications())),
    ],
  ]),
  ...statusCases('mvGetNetworkStatus', [
    ['OKAY', 'for an open handle', (rig) => rig.call('mvGetNetworkStatus', rig.network(), rig.words(0))],
    ['PARAMETERFAULT', 'for a null pointer', (rig) => rig.call('mvGetNetworkStatus', rig.network(), 0)],
    ['INVALIDHANDLE', 'for zero', (rig) => rig.call('mvGetNetworkStatus', 0, rig.words(0))],
  ]),
  ...statusCases('mvGetNetworkReasons', [
    ['OKAY', 'for good pointers', (rig) => rig.call('mvGetNetworkReasons', rig.words(0), rig.words(0))],
    ['PARAMETERFAULT', 'for a null reasons pointer', (rig) => rig.call('mvGetNetworkReasons', 0, rig.words(0))],
    ['PARAMETERFAULT', 'for a null count pointer', (rig) => rig.call('mvGetNetworkReasons', rig.words(0), 0)],
  ]),
];
