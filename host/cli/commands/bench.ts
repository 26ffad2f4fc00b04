import { Command } from 'commander';
import type { BenchFlags } from '../bench/bench-action.js';
import { jsonOption } from '../options/shared-options.js';

const EXAMPLES = `
Example:
  wasmqtt bench --filter decode.cursor

Both sides of a row run by turns in this process; times are medians for one packet, or one text. The peer mqtt-packet
must be installed; "control" is a tight decoder in plain JavaScript that checks next to nothing, "buffer.isUtf8" is
Node's own check. Look at the ratios: the nanoseconds depend on the machine and on what else it does.`;

export function benchCommand(): Command {
  return new Command('bench')
    .description('measure the core against mqtt-packet and plain JavaScript, side by side')
    .option('--filter <text>', 'only rows whose name contains this text')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (flags: BenchFlags) => (await import('../bench/bench-action.js')).benchAction(flags));
}
