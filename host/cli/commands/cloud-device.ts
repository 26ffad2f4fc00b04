import { Command } from 'commander';
import type { DeviceKeyFlags } from '../cloud/device-key-actions.js';
import { dataOption, jsonOption, masterKeyCommandOption, storeOption } from '../options/shared-options.js';

const EXAMPLES = `
Example:
  wasmqtt cloud device create-key UV... --out pump.key
  wasmqtt run --cloud https://cloud.example.com --device-key pump.key

A device is named by its SID or its unique name. Its key lets it read its own values, secrets among them, and nothing else.`;

const actions = () => import('../cloud/device-key-actions.js');

/** `wasmqtt cloud device`. */
export function cloudDeviceCommand(): Command {
  const device = new Command('device').description('keys by which devices elsewhere show who they are');
  device
    .command('create-key')
    .description('make a key for a device; it is shown once')
    .argument('<device>', 'SID or unique name')
    .option('--out <file>', 'write the key into a new file, which only its owner can read')
    .addOption(dataOption())
    .addOption(storeOption())
    .addOption(masterKeyCommandOption())
    .addOption(jsonOption())
    .action(async (name: string, flags: DeviceKeyFlags) => (await actions()).createDeviceKey(name, flags));
  device
    .command('list-keys')
    .description('list the keys of a device, without their secrets')
    .argument('<device>', 'SID or unique name')
    .addOption(dataOption())
    .addOption(storeOption())
    .addOption(masterKeyCommandOption())
    .addOption(jsonOption())
    .action(async (name: string, flags: DeviceKeyFlags) => (await actions()).listDeviceKeys(name, flags));
  device
    .command('delete-key')
    .description('delete a key of a device, which then opens nothing any more')
    .argument('<device>', 'SID or unique name')
    .argument('<id>', '16 hex digits, see list-keys')
    .addOption(dataOption())
    .addOption(storeOption())
    .addOption(masterKeyCommandOption())
    .addOption(jsonOption())
    .action(async (name: string, id: string, flags: DeviceKeyFlags) => {
      await (await actions()).deleteDeviceKey(name, id, flags);
    });
  return device.addHelpText('after', EXAMPLES);
}
