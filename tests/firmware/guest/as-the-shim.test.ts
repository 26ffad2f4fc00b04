// needs: gcc, stdio.h
import { expect, it } from 'vitest';
import { MvStatus, nameOf, type SystemCallName } from '../../../build/abi/microvisor.js';
import { allCases } from '../../host/microvisor/cases/index.js';
import type { StatusCase } from '../../host/microvisor/cases/status-case.js';
import { Rig } from '../../host/microvisor/rig/rig.js';
import { temporaryFolder } from '../temporary-folder.js';
import { here } from '../toolchain.js';
import { callingGuest, PARAMETERS } from './calling-guest.js';
import { callSteps, GuestRunner, pokes } from './guest-runner.js';
import { abi } from './stand-in.js';

/** Cases in which the shim returns the status of a bad pointer for another reason, which the glue cannot know. */
const KERNEL_KNOWS = [
  'for an unknown notification handle',
  'when there is no such response',
  'when there is no message',
  'when no message was lost',
  'before the response',
  'for an unknown handle',
  'for a value that does not fit',
  'for version 2',
  'for the 33rd handle',
  'for another mode',
  'for a mode that does not exist',
  'for mode 2',
  'for a misaligned word, without short enumerations',
];
/** Fast interrupts run native code of the application, and a guest has none: it is refused when it imports their calls. */
const served = (call: SystemCallName) => abi.functions[call].family !== 'fastInterrupt';
/** Cases in which the shim looks at no pointer: which those are is the kernel's to know, and the glue checks all of them. */
const NOT_LOOKED_AT = [
  'mvSetWifiConfig to clear, whatever else it says',
  'mvGetWifiConfig in a handler of an interrupt',
];
/** A call whose list has no PARAMETERFAULT has this status for a bad pointer. */
const OTHERWISE: Partial<Record<SystemCallName, MvStatus>> = {
  mvPeriphPeek32: MvStatus.PERIPHERALACCESSFAULT,
  mvCloseSystemNotification: MvStatus.INVALIDHANDLE,
  mvExternalFlashClose: MvStatus.INVALIDHANDLE,
};
/** The shim checks the handle before it follows nested pointers. The glue does not know handles, and checks pointers first. */
const HANDLE = ['INVALIDHANDLE', 'CHANNELCLOSED'];

/** What the glue says where the shim, which looked no further, said something else. */
const refusal = (status: MvStatus) =>
  status === MvStatus.OKAY || status === MvStatus.UNAVAILABLE ? MvStatus.PARAMETERFAULT : status;

/** The last call of a case, with the memory before it. */
async function lastCall({ run, rig: make }: StatusCase) {
  const rig = make?.() ?? new Rig();
  const made: { name: SystemCallName; words: number[]; memory: Uint8Array; status: MvStatus }[] = [];
  const { kernel } = rig;
  const call = kernel.call.bind(kernel);
  kernel.call = (name, ...words) => {
    const memory = new Uint8Array(rig.memory.buffer).slice();
    const status = call(name, ...words);
    made.splice(0, 1, { name, words, memory, status });
    return status;
  };
  await run(rig);
  return made[0];
}

it('the glue refuses exactly the pointers that the shim refuses, with the same status', async () => {
  const guest = callingGuest(new Rig().kernel.implemented.filter(served), 8);
  const runner = new GuestRunner(temporaryFolder(), here, ['-DMEMORY=524288u']);
  const steps: string[] = [];
  const wanted: string[] = [];
  for (const one of allCases.filter(({ call }) => served(call))) {
    const { name, words, memory, status } = await lastCall(one);
    const told = nameOf(MvStatus, status);
    const isBad = /PARAMETERFAULT|LATEFAULT/.test(told) || NOT_LOOKED_AT.includes(`${name} ${one.when}`);
    const otherwise = OTHERWISE[name] === status && one.when === 'for a bad pointer';
    const ofPointer = otherwise || (isBad && !KERNEL_KNOWS.includes(one.when));
    steps.push('clear', ...pokes(memory), ...callSteps(name, words, PARAMETERS));
    wanted.push(
      `${name} ${one.when}: OK ${ofPointer ? refusal(status) : HANDLE.includes(told) ? 'or not' : MvStatus.OKAY}`,
    );
  }
  const lines = runner.run(guest, steps, 524_288);
  expect(lines[0]).toBe('open OK');
  const seen = lines.filter((line) => line.startsWith('OK '));
  const given = wanted.map((line, index) => {
    const handle = line.endsWith('or not') && /^OK (0|19)$/.test(seen[index]);
    return handle ? line : `${line.split(': OK')[0]}: ${seen[index]}`;
  });
  expect(given).toEqual(wanted);
  expect(wanted.filter((line) => /OK (2|19)$/.test(line)).length).toBeGreaterThan(80);
});
