import { Command } from 'commander';

/** What the list of all commands says of one. Its options, its help and what it does are loaded when it is named. */
interface Listed {
  readonly name: string;
  readonly description: string;
  /** Arguments, each with its help. */
  readonly words?: readonly (readonly [name: string, help: string])[];
  /** It has commands of its own, and no options. */
  readonly isGroup?: true;
  /** @returns what gives the command all that its entry does not have */
  load(): Promise<(command: Command) => void>;
}

const COMMANDS: readonly Listed[] = [
  {
    name: 'run',
    description:
      'run a device: system calls, config and secret stores, managed MQTT client, and a broker if you name none',
    words: [['[dir]', 'folder of an application in C or C++: it is built (see build-guest) and run']],
    load: async () => (await import('./commands/run.js')).runCommand,
  },
  {
    name: 'cloud',
    description: 'serve the config and secret stores over the REST API',
    load: async () => (await import('./commands/cloud.js')).cloudCommand,
  },
  {
    name: 'logs',
    description: 'show what a device has logged',
    words: [['<device>', 'SID or unique name']],
    load: async () => (await import('./commands/logs.js')).logsCommand,
  },
  {
    name: 'store',
    description: 'keys and backups of the store: rotate-key, export, import, check, copy',
    isGroup: true,
    load: async () => (await import('./commands/store-commands.js')).storeCommand,
  },
  {
    name: 'broker',
    description: 'run an MQTT broker from a mosquitto.conf',
    load: async () => (await import('./commands/broker.js')).brokerCommand,
  },
  {
    name: 'bridge',
    description: 'carry messages between an MQTT broker and something else',
    isGroup: true,
    load: async () => (await import('./commands/kafka-bridge.js')).bridgeCommand,
  },
  {
    name: 'passwd',
    description: 'make and change the password file of a broker, as mosquitto_passwd does',
    words: [
      ['<file>', 'password file'],
      ['[name]', 'user name'],
      ['[password]', 'password, with -b'],
    ],
    load: async () => (await import('./commands/passwd.js')).passwdCommand,
  },
  {
    name: 'policy',
    description: 'policies of AWS IoT: check, lint, and make them, without AWS',
    isGroup: true,
    load: async () => (await import('./commands/policy.js')).policyCommand,
  },
  {
    name: 'dojot',
    description: 'what dojot has around its broker: the PKI of devices, its users, and the bridges to Kafka',
    isGroup: true,
    load: async () => (await import('./commands/dojot/dojot.js')).dojotCommand,
  },
  {
    name: 'build-guest',
    description: 'build an application of Microvisor in C or C++ into a guest for wasmqtt run',
    words: [['<dir>', 'folder of the application']],
    load: async () => (await import('./commands/build-guest.js')).buildGuestCommand,
  },
  {
    name: 'provision',
    description: 'check certificates, keys and passwords, and store them for a device, all or none',
    load: async () => (await import('./commands/provision.js')).provisionCommand,
  },
  {
    name: 'doctor',
    description: 'check what is stored for a device, and say what is wrong, where, why and how to fix it',
    load: async () => (await import('./commands/doctor.js')).doctorCommand,
  },
  {
    name: 'bench',
    description: 'measure the core against mqtt-packet and plain JavaScript, side by side',
    load: async () => (await import('./commands/bench.js')).benchCommand,
  },
];

/**
 * All commands, for the list of them. The one that is named is complete; the others have nothing that is loaded.
 *
 * @param words what was typed after the name of the program: the first that is the name of a command names it
 */
export async function commandsFor(words: readonly string[]): Promise<Command[]> {
  const named = words.find((word) => COMMANDS.some(({ name }) => name === word));
  return Promise.all(
    COMMANDS.map(async (listed) => {
      const command = bare(listed);
      if (listed.name === named) (await listed.load())(command);
      // The list shows whether a command has options, which are not loaded.
      else if (!listed.isGroup) command.option('--any');
      return command;
    }),
  );
}

function bare({ name, description, words = [] }: Listed): Command {
  const command = new Command(name).description(description);
  for (const [word, help] of words) command.argument(word, help);
  return command;
}
