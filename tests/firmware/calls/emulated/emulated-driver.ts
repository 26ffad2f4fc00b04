import type { ConfigItem, ConfigItemResult, TransportEvents } from '../../../../host/microvisor/index.js';
import { Rig } from '../../../host/microvisor/rig/rig.js';
import { Application, type Said } from './application.js';
import { deviceCommands } from './device-commands.js';
import { mqttCommands } from './mqtt-commands.js';

/** The sizes of wq_calls.h. */
const LIMITS = { publishesInFlight: 8, messagesInFlight: 32, packetOverhead: 1024, notificationBuffers: 8 };

const callCommands = { ...deviceCommands, ...mqttCommands };

/** The store of ../driver/driver.c: key "k<n>" has n bytes, "broken" fails, others are not found. */
async function config(items: ConfigItem[]): Promise<ConfigItemResult[]> {
  return items.map(({ key }) => {
    if (key === 'broken') return { result: 'serverError' };
    return key.startsWith('k') ? { result: 'ok', value: 'v'.repeat(Number(key.slice(1))) } : { result: 'keyNotFound' };
  });
}

/** An application over the emulated kernel that makes the calls of a script. The twin of ../driver/driver.c. */
class EmulatedDriver {
  readonly #rig: Rig;
  readonly #application: Application;
  #transport: TransportEvents | undefined;
  /** Bytes that the broker got since the last "sent", in hex. */
  #sent = '';
  /** The first notification buffer, and how many of its records were reported. */
  #records = 0;
  #recordsRead = 0;

  constructor(sessionExpiryInterval: number) {
    this.#rig = new Rig({
      limits: LIMITS,
      fetch: config,
      behaviour: { sessionExpiryInterval, clocks: { sysClk: 0, hClk: 0, pClk1: 0, pClk2: 0 } },
      mqttTransport: (_request, events) => {
        this.#transport = events;
        queueMicrotask(() => events.connected({ tls: '', cipher: '' }));
        const over = () => {};
        return { write: (bytes) => (this.#sent += Buffer.from(bytes).toString('hex')), end: over, destroy: over };
      },
    });
    this.#application = new Application(this.#rig);
  }

  /** The lines that a command prints. */
  async run(command: string): Promise<string[]> {
    const [name, ...words] = command.split(' ');
    const said = await this.#say(name, words);
    const logged = this.#rig.log.splice(0).map((text) => `line ${text}`);
    return said === undefined ? logged : [...logged, [name, ...said].join(' ')];
  }

  async #say(name: string, words: string[]): Promise<Said | undefined> {
    const call = callCommands[name];
    if (call) return call(this.#application, words);
    if (name === 'news') return this.#takeNews();
    if (name === 'sent') return [this.#takeSent()];
    if (name === 'setup') return this.#setUpNotifications(words.map(Number));
    await this.#board(name, words);
    return undefined;
  }

  /** Commands that are not calls, and print nothing. */
  async #board(name: string, [word = '']: string[]): Promise<void> {
    switch (name) {
      case 'poll':
        return this.#poll();
      case 'time':
        this.#rig.time += Number(word);
        return this.#poll();
      case 'link':
        this.#rig.kernel.network.setLink(word !== '0');
        return this.#poll();
      case 'broker':
        this.#transport?.data(Buffer.from(word, 'hex'));
        await this.#poll();
        return this.#poll();
      case 'fail':
        this.#transport?.closed({ requestState: Number(word) as 7, detail: '' });
        // What the kernel sends over a failed transport does not arrive.
        this.#takeSent();
        return this.#poll();
      case 'handle': {
        const { handles } = this.#application;
        handles.channel = { zero: 0, notification: handles.notifications, other: handles.other }[word] ?? 0;
        return;
      }
      case 'null':
        this.#application.nullPointers = word === 'nested' || word === 'parameters' ? word : undefined;
        return;
      case 'piece': // how many bytes the transport of the driver in C takes at once
      case 'expiry': // read before the script begins
        return;
      default:
        throw new Error(`there is no command ${name}`);
    }
  }

  async #poll(): Promise<void> {
    this.#rig.tick();
    await this.#rig.settle();
  }

  #setUpNotifications([irq, records]: number[]): Said {
    const setup = this.#rig.notificationSetup(irq, records);
    this.#records ||= this.#rig.u32(setup + 4);
    return this.#application.callForHandle('mvSetupNotifications', [this.#application.outer(setup)], 'notifications');
  }

  /** The notifications since the last time: event and tag. */
  #takeNews(): string[] {
    const found: string[] = [];
    for (let entry = this.#rig.takeEntry(); entry !== undefined; entry = this.#rig.takeEntry()) {
      const at = this.#records + (this.#recordsRead++ % 16) * 16;
      found.push(`${this.#rig.u32(at + 8)}:${this.#rig.u32(at + 12)}`);
    }
    return found;
  }

  #takeSent(): string {
    const sent = this.#sent;
    this.#sent = '';
    return sent;
  }
}

/** What each command of a script prints over the emulated kernel. */
export async function runEmulated(commands: string[]): Promise<string[][]> {
  const [, expiry = '0'] = /^expiry (\d+)$/.exec(commands[0]) ?? [];
  const driver = new EmulatedDriver(Number(expiry));
  const lines: string[][] = [];
  for (const command of commands) lines.push(await driver.run(command));
  return lines;
}
