import { Option } from 'commander';
import { parseDeviceSid, parseDuration } from './option-parsers.js';
import { DEFAULT_DATA } from './stores-options.js';

export function dataOption(): Option {
  return new Option('--data <dir>', 'folder of stores and PKI').default(DEFAULT_DATA);
}

/** An empty text, as in `WASMQTT_STORE=`, is none. */
export function storeOption(): Option {
  return new Option('--store <place>', 'folder or postgres:// address of the stores (default: in --data)')
    .env('WASMQTT_STORE')
    .argParser((text) => text || undefined);
}

/** For commands that open the store; others take the environment alone. */
export function masterKeyCommandOption(): Option {
  return new Option(
    '--master-key-command <command>',
    'prints the master key of the store (default: the file store/master.key of the data folder)',
  ).env('WASMQTT_MASTER_KEY_COMMAND');
}

export function jsonOption(): Option {
  return new Option('--json', 'one JSON object a line on standard output, nothing else there');
}

export function forOption(): Option {
  return new Option('--for <duration>', 'end after this time, for example 10s (default: at Ctrl-C)').argParser(
    parseDuration,
  );
}

/** @param usual the device that is used when none is named, in words */
export function deviceSidOption(usual: string): Option {
  return new Option('--device-sid <sid>', `UV and 32 hex digits (default: ${usual})`)
    .env('MV_DEVICE_SID')
    .argParser(parseDeviceSid);
}

/** For several devices. */
export function deviceSidsOption(): Option {
  return new Option(
    '--device-sid <sid>',
    'UV and 32 hex digits; again for more devices (default: made once, kept in the store)',
  )
    .env('MV_DEVICE_SID')
    .argParser((text, before: string[] = []) => {
      const sid = parseDeviceSid(text);
      return sid === undefined ? before : [...before, sid];
    });
}

/** For commands that can connect to the broker with --connect. */
export function timeoutOption(): Option {
  return new Option('--timeout <duration>', 'time for each step of --connect')
    .argParser(parseDuration)
    .default(5000, '5s');
}

/** For commands that can connect to the broker with --connect. */
export function connectProtocolOption(): Option {
  return new Option('--protocol <version>', 'MQTT version of --connect').choices(['3.1.1', '5']).default('5');
}
