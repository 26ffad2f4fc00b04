import type { Command } from 'commander';
import type { LogsFlags } from '../logs/logs-action.js';
import { parseSince } from '../options/option-parsers.js';
import { dataOption, jsonOption, masterKeyCommandOption, storeOption } from '../options/shared-options.js';

const EXAMPLES = `
Examples:
  wasmqtt logs pump-7                            what a device has logged, by its unique name or its SID
  wasmqtt logs pump-7 --follow                   its last lines, and those that come
  wasmqtt logs pump-7 --since 2h --json
  wasmqtt logs UV... --cloud https://cloud.example.com

Devices log with mvServerLog while logging is enabled for them; the newest 10,000 lines of seven days are kept.`;

export function logsCommand(command: Command): void {
  command
    .option('--follow', 'go on with the lines that come, until Ctrl-C')
    .option('--since <time>', 'lines of this time on: 10m, 2h, 1d ago, or 2026-01-31T12:00:00Z', parseSince)
    .option('--cloud <url>', 'read them over REST (TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN)')
    .addOption(dataOption())
    .addOption(storeOption())
    .addOption(masterKeyCommandOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (device: string, flags: LogsFlags) => {
      await (await import('../logs/logs-action.js')).logsAction(device, flags);
    });
}
