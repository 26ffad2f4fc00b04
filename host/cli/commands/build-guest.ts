import type { Command } from 'commander';
import type { BuildGuestFlags } from '../build-guest/build-guest-action.js';
import { collect } from '../options/option-parsers.js';
import { jsonOption } from '../options/shared-options.js';

const EXAMPLES = `
Examples:
  wasmqtt build-guest my-application -o app.wasm             as its CMakeLists.txt says
  wasmqtt build-guest . -o app.wasm -D LOG_DEBUG_MESSAGES    with a definition more
  wasmqtt build-guest . -o app.wasm --source main.c          without a CMakeLists.txt

The application is compiled as it is, against headers of this package in the place of Microvisor's SDK, ST's HAL and FreeRTOS: their
sources, start-up code and CMSIS are left out. It needs clang 14 and wasi-libc; what is missing is named with the command that
installs it.`;

export function buildGuestCommand(command: Command): void {
  command
    .requiredOption('-o, --output <file>', 'the module to write')
    .option(
      '-D, --define <name[=value]>',
      'a definition for the compiler and a variable of CMake; repeatable',
      collect,
      [],
    )
    .option('-I, --include <dir>', 'a folder of headers; repeatable', collect, [])
    .option('--source <file>', 'a source that CMakeLists.txt does not name; repeatable', collect, [])
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string, flags: BuildGuestFlags) =>
      (await import('../build-guest/build-guest-action.js')).buildGuestAction(folder, flags),
    );
}
