import type { Rig } from '../rig/rig.js';
import { type StatusCase, statusCases } from './status-case.js';

const IRQ = 45;
const marked = (rig: Rig): Rig => {
  rig.ok('mvSetFastInterrupt', IRQ);
  return rig;
};
/** An application that has asked for its restart, and is being shut down. */
const leaving = (rig: Rig): Rig => {
  rig.kernel.lifecycle.restart();
  return rig;
};

export const interrupts: StatusCase[] = [
  ...statusCases('mvSetFastInterrupt', [
    ['OKAY', 'for an interrupt of the STM32U585', (rig) => rig.call('mvSetFastInterrupt', IRQ)],
    ['INVALIDINTERRUPT', 'for a number that the device does not have', (rig) => rig.call('mvSetFastInterrupt', 999)],
    [
      'INVALIDINTERRUPT',
      'for the interrupt of a notification buffer',
      (rig) => {
        rig.notifications();
        return rig.call('mvSetFastInterrupt', 51);
      },
    ],
    [
      'INVALIDVECTOR',
      'for an interrupt without a handler',
      (rig) => {
        rig.kernel.attach(rig.memory, () => false);
        return rig.call('mvSetFastInterrupt', IRQ);
      },
    ],
    ['UNAVAILABLE', 'while the application is shut down', (rig) => leaving(rig).call('mvSetFastInterrupt', IRQ)],
  ]),
  ...(['mvClearFastInterrupt', 'mvEnableFastInterrupt', 'mvDisableFastInterrupt'] as const).flatMap((call) =>
    statusCases(call, [
      ['OKAY', 'for a fast interrupt', (rig) => marked(rig).call(call, IRQ)],
      ['INVALIDINTERRUPT', 'for one that is not fast', (rig) => marked(rig).call(call, IRQ + 1)],
      ['UNAVAILABLE', 'while the application is shut down', (rig) => leaving(marked(rig)).call(call, IRQ)],
    ]),
  ),
  ...(['mvDisableAllFastInterrupts', 'mvEnableAllFastInterrupts'] as const).flatMap((call) =>
    statusCases(call, [['OKAY', 'always', (rig) => rig.call(call)]]),
  ),
];
