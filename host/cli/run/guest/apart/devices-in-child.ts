import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { packageFolder } from '../../../../core/index.js';
import { FarDevices, type FromDevices } from '../../../../microvisor/isolated/index.js';
import { UserError } from '../../../process/user-error.js';
import type { DeviceEvent, DeviceStart, RunningDevice } from '../running-device.js';
import type { ChildStart } from './child-messages.js';

/**
 * Loads devices in a process of their own; none has started. A process that dies ends its devices with an error that says so.
 *
 * @param stop ends the process when it is aborted before the devices are loaded
 * @param onProcess called with its id, and how many devices it has, when they are loaded
 * @throws UserError when the process cannot be started or the guest cannot be loaded
 */
export async function devicesInChild(
  start: Omit<ChildStart, 'deviceSids'>,
  starts: readonly DeviceStart[],
  stop: AbortSignal,
  onProcess: (pid: number, devices: number) => void,
): Promise<readonly RunningDevice[]> {
  const child = fork(join(packageFolder(), 'build/host/device-child.js'), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const post = (message: object) => child.send(message, gone);
  const far = new FarDevices(starts, { post, end: () => void child.kill('SIGKILL') });
  child.on('message', (message) => far.receive(message as FromDevices<DeviceEvent>));
  watch(child, starts.length, (problem) => far.ended(new UserError(problem)));
  const first: ChildStart = { ...start, deviceSids: starts.map(({ deviceSid }) => deviceSid) };
  post(first);
  const devices = await far.loaded(stop);
  onProcess(child.pid!, devices.length);
  return devices;
}

/** A message to a process that is gone: `watch` has noticed that. */
const gone = () => {};

function watch(child: ChildProcess, devices: number, ended: (problem: string) => void): void {
  child.on('error', (error) => ended(`no process for ${devices} more devices can be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    const how = signal === null ? `with code ${code}` : `by ${signal}`;
    ended(`the process ${child.pid}, which had ${devices} of the devices, was ended ${how}; its devices are gone`);
  });
}
