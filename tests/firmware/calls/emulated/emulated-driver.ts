import {
  MvChannelType,
  type MvMqttConnectRequest,
  MvMqttProtocolVersion,
  MvStatus,
  type SystemCallName,
  writeMvConfigKeyFetchParams,
  writeMvConfigKeyToFetch,
  writeMvConfigResponseReadItemParams,
} from '../../../../build/abi/microvisor.js';
import type { ConfigItem, ConfigItemResult, TransportEvents } from '../../../../host/microvisor/index.js';
import {
  codesResponse,
  login,
  lostOut,
  messageOut,
  publishRequest,
  subscribeRequest,
  unsubscribeRequest,
  will,
} from '../../../host/microvisor/rig/mqtt-structures.js';
import { Rig } from '../../../host/microvisor/rig/rig.js';

/** As in calls-driver.c. */
async function config(items: ConfigItem[]): Promise<ConfigItemResult[]> {
  return items.map(({ key }) => {
    if (key === 'broken') return { result: 'serverError' };
    return key.startsWith('k') ? { result: 'ok', value: 'v'.repeat(Number(key.slice(1))) } : { result: 'keyNotFound' };
  });
}

/** Sizes as those of wq_calls.h. */
const limits = { publishesInFlight: 8, messagesInFlight: 32, notificationBuffers: 8 };

/** calls-driver.c over the emulated kernel: the same script, the same lines. */
class Script {
  readonly lines: string[] = [];
  readonly #rig: Rig;
  #transport: TransportEvents | undefined;
  readonly #buffers: number[];
  #sent = '';
  #news = 0;
  #records = 0;
  #handles = { notifications: 0, network: 0, channel: 0, other: 0 };
  #null: string | undefined;

  constructor(sessionExpiryInterval: number) {
    const rig = new Rig({
      limits,
      fetch: config,
      behaviour: { sessionExpiryInterval, clocks: { sysClk: 0, hClk: 0, pClk1: 0, pClk2: 0 } },
      mqttTransport: (_request, events) => {
        this.#transport = events;
        queueMicrotask(() => events.connected({ tls: '', cipher: '' }));
        const over = () => {};
        return { write: (bytes) => (this.#sent += Buffer.from(bytes).toString('hex')), end: over, destroy: over };
      },
    });
    this.#rig = rig;
    this.#buffers = [0, 1, 2, 3].map(() => rig.buffer(8192));
  }

  async run(script: string[]): Promise<string[]> {
    for (const line of script) await this.#line(line.split(' '));
    return this.lines;
  }

  async #line([name, ...words]: string[]): Promise<void> {
    const said = await this.#command(name, words);
    if (said === undefined) return;
    this.lines.push(...this.#rig.log.splice(0).map((text) => `line ${text}`));
    this.lines.push([name, ...said].join(' '));
  }

  async #poll(): Promise<void> {
    this.#rig.tick();
    await this.#rig.settle();
  }

  /** What the words of a script stand for: "-" no text, "*<n>" n times x. */
  #text(word = ''): string {
    if (word === '-') return '';
    return word.startsWith('*') ? 'x'.repeat(Number(word.slice(1))) : word;
  }

  #outer(address: number): number {
    return this.#null === 'null' ? 0 : address;
  }

  #nested(address: number): number {
    return this.#null === 'nested' ? 0 : address;
  }

  /** The status, and with OKAY what else there is to say. */
  #call(name: SystemCallName, args: number[], values: () => (number | string)[] = () => []): (number | string)[] {
    const status = this.#rig.call(name, ...args);
    return [status, ...(status === MvStatus.OKAY ? values() : [])];
  }

  /** A call that writes words to the address given last. */
  #words(name: SystemCallName, args: number[], count: number): (number | string)[] {
    const out = this.#rig.alloc(count * 4);
    return this.#call(name, [...args, this.#outer(out)], () =>
      Array.from({ length: count }, (_, index) => this.#rig.u32(out + index * 4)),
    );
  }

  #open(type: number, receive: number, send: number, how: string | undefined): (number | string)[] {
    const rig = this.#rig;
    const out = rig.words(0);
    const params = rig.channelParams(type, {
      notificationHandle: this.#handles.notifications,
      networkHandle: this.#handles.network,
      receiveBuffer: this.#buffers[how ? 2 : 0] + (how === 'odd' ? 1 : 0),
      receiveBufferLen: receive,
      sendBuffer: this.#buffers[how ? 3 : 1],
      sendBufferLen: send,
      endpoint: { data: 0, length: this.#null === 'nested' ? 4 : 0 },
    });
    const status = this.#call('mvOpenChannel', [this.#outer(params), this.#outer(out)]);
    if (status[0] === MvStatus.OKAY) this.#handles[how ? 'other' : 'channel'] = rig.u32(out);
    return status;
  }

  #connect([version, clean, keepalive, id, user, password, topic, payload]: string[]): (number | string)[] {
    const rig = this.#rig;
    const host = rig.put('broker.test');
    const overrides: Partial<MvMqttConnectRequest> = {
      protocolVersion: version === '5' ? MvMqttProtocolVersion.V5 : MvMqttProtocolVersion.V3_1_1,
      cleanStart: Number(clean),
      keepalive: Number(keepalive),
      clientid: rig.put(this.#text(id)),
      host: { ...host, data: this.#nested(host.data) },
    };
    if (password !== undefined) overrides.authentication = login(rig, this.#text(user), this.#text(password));
    if (topic !== undefined) overrides.will = will(rig, this.#text(topic), this.#text(payload), 1);
    const address = rig.connectRequest(overrides);
    if (overrides.will) rig.view.setUint8(overrides.will + 20, 0);
    return this.#call('mvMqttRequestConnect', [this.#handles.channel, this.#outer(address)]);
  }

  #publish([id, qos, retain, topic, payload]: string[]): (number | string)[] {
    const rig = this.#rig;
    const address = publishRequest(rig, this.#text(topic), this.#text(payload), Number(qos), Number(id));
    rig.view.setUint32(address + 24, Number(retain), true);
    if (this.#null === 'nested') rig.view.setUint32(address + 12, 0, true);
    return this.#call('mvMqttRequestPublish', [this.#handles.channel, this.#outer(address)]);
  }

  #listed(name: SystemCallName, address: number): (number | string)[] {
    if (this.#null === 'nested') this.#rig.view.setUint32(address + 4, 0, true);
    return this.#call(name, [this.#handles.channel, this.#outer(address)]);
  }

  #codes(name: SystemCallName, size: number): (number | string)[] {
    const rig = this.#rig;
    const out = codesResponse(rig, 8, size);
    if (this.#null === 'nested') rig.view.setUint32(out.address, 0, true);
    return this.#call(name, [this.#handles.channel, this.#outer(out.address)], () => {
      const codes = Array.from({ length: rig.u32(out.length) }, (_, index) => rig.u32(out.codes + index * 4));
      return [rig.u32(out.state), rig.u32(out.id), ...codes];
    });
  }

  #message(topicSize: number, payloadSize: number): (number | string)[] {
    const rig = this.#rig;
    const out = messageOut(rig, topicSize, payloadSize);
    if (this.#null === 'nested') rig.view.setUint32(out.address, 0, true);
    return this.#call('mvMqttReceiveMessage', [this.#handles.channel, this.#outer(out.address)], () => {
      const length = rig.u32(out.payloadLength);
      const payload = new Uint8Array(rig.memory.buffer, out.payload, length);
      const sum = payload.reduce((total, byte) => (Math.imul(total, 31) + byte) >>> 0, 0);
      const topic = rig.text(out.topic, rig.u32(out.topicLength));
      return [rig.u32(out.id), topic, length, sum, rig.u32(out.qos), rig.view.getUint8(out.retain)];
    });
  }

  #lost(topicSize: number): (number | string)[] {
    const rig = this.#rig;
    const out = lostOut(rig, topicSize);
    if (this.#null === 'nested') rig.view.setUint32(out.address, 0, true);
    return this.#call('mvMqttReceiveLostMessageInfo', [this.#handles.channel, this.#outer(out.address)], () => [
      rig.u32(out.reason),
      rig.text(out.topic, rig.u32(out.topicLength)),
      rig.u32(out.length),
    ]);
  }

  #config(scope: number, store: number, keys: string[]): (number | string)[] {
    const rig = this.#rig;
    const list = rig.alloc(keys.length * 16 || 4);
    for (const [index, key] of keys.entries()) {
      writeMvConfigKeyToFetch(rig.view, list + index * 16, { scope, store, key: rig.put(this.#text(key)) });
    }
    const address = rig.alloc(8);
    writeMvConfigKeyFetchParams(rig.view, address, { numItems: keys.length, keysToFetch: this.#nested(list) });
    return this.#call('mvSendConfigFetchRequest', [this.#handles.channel, this.#outer(address)]);
  }

  #item(itemIndex: number, size: number): (number | string)[] {
    const rig = this.#rig;
    const [result, length] = [rig.words(0), rig.words(0)];
    const address = rig.alloc(20);
    const buf = { data: rig.alloc(size || 1), size, length };
    writeMvConfigResponseReadItemParams(rig.view, address, { itemIndex, result: this.#nested(result), buf });
    return this.#call('mvReadConfigResponseItem', [this.#handles.channel, this.#outer(address)], () => [
      rig.u32(result),
      rig.u32(length),
    ]);
  }

  #handleOf(
    name: SystemCallName,
    which: 'notifications' | 'network' | 'channel',
    params: number[],
  ): (number | string)[] {
    const out = this.#rig.words(this.#handles[which]);
    const said = this.#call(name, [...params, this.#outer(out)]);
    if (said[0] === MvStatus.OKAY) this.#handles[which] = this.#rig.u32(out);
    return said;
  }

  /** The records since the last time, of the first notification buffer. */
  #takeNews(): string[] {
    const found: string[] = [];
    for (let entry = this.#rig.takeEntry(); entry !== undefined; entry = this.#rig.takeEntry()) {
      const at = this.#records + (this.#news++ % 16) * 16;
      found.push(`${this.#rig.u32(at + 8)}:${this.#rig.u32(at + 12)}`);
    }
    return found;
  }

  async #command(name: string, words: string[]): Promise<(number | string)[] | undefined> {
    const rig = this.#rig;
    const { channel, notifications, network } = this.#handles;
    const numbers = words.map(Number);
    switch (name) {
      case 'poll':
        return void (await this.#poll());
      case 'time':
        rig.time += numbers[0];
        return void (await this.#poll());
      case 'link':
        rig.kernel.network.setLink(numbers[0] !== 0);
        return void (await this.#poll());
      case 'broker':
        this.#transport?.data(Buffer.from(words[0] ?? '', 'hex'));
        await this.#poll();
        return void (await this.#poll());
      case 'fail':
        this.#transport?.closed({ requestState: numbers[0] as 7, detail: '' });
        // What the kernel says then, nobody hears.
        this.#sent = '';
        return void (await this.#poll());
      case 'piece':
      case 'expiry':
        return undefined;
      case 'handle':
        this.#handles.channel = { zero: 0, notification: notifications, other: this.#handles.other }[words[0]] ?? 0;
        return undefined;
      case 'pointers':
        this.#null = words[0];
        return undefined;
      case 'news':
        return this.#takeNews();
      case 'sent': {
        const sent = this.#sent;
        this.#sent = '';
        return [sent];
      }
      case 'setup': {
        const setup = rig.notificationSetup(numbers[0], numbers[1]);
        this.#records ||= rig.u32(setup + 4);
        return this.#handleOf('mvSetupNotifications', 'notifications', [this.#outer(setup)]);
      }
      case 'unset':
        return this.#handleOf('mvCloseNotifications', 'notifications', []);
      case 'network': {
        const params = rig.networkParams({ version: numbers[0], notificationHandle: notifications });
        return this.#handleOf('mvRequestNetwork', 'network', [this.#outer(params)]);
      }
      case 'release':
        return this.#handleOf('mvReleaseNetwork', 'network', []);
      case 'status':
        return this.#words('mvGetNetworkStatus', [network], 1);
      case 'reasons': {
        const [reasons, count] = [rig.words(0), rig.words(0)];
        return this.#call('mvGetNetworkReasons', [this.#outer(reasons), count], () => [
          rig.u32(reasons) * 100 + rig.u32(count),
        ]);
      }
      case 'reason':
        return this.#words('mvGetChannelClosureReason', [channel], 1);
      case 'next':
        return this.#words('mvMqttGetNextReadableDataType', [channel], 1);
      case 'device': {
        const out = rig.alloc(35);
        return [rig.call('mvGetDeviceId', this.#outer(out), numbers[0]), rig.text(out, 34).replaceAll('\0', '')];
      }
      case 'microseconds':
        return this.#words('mvGetMicroseconds', [], 2).slice(0, 2);
      case 'wall':
        return this.#call('mvGetWallTime', [this.#outer(rig.alloc(8))]);
      case 'logging':
        return this.#call('mvServerLoggingInit', [rig.buffer(8192) + numbers[1], numbers[0]]);
      case 'log': {
        const line = rig.put(this.#text(words[0]));
        return this.#call('mvServerLog', [this.#outer(line.data), line.length]);
      }
      case 'config':
        return this.#config(numbers[0], numbers[1], words.slice(2));
      case 'response':
        return this.#words('mvReadConfigFetchResponseData', [channel], 2);
      case 'item':
        return this.#item(numbers[0], numbers[1]);
      case 'open':
        return this.#open(numbers[0], numbers[1], numbers[2], words[3]);
      case 'close':
        return this.#handleOf('mvCloseChannel', 'channel', []);
      case 'connect':
        return this.#connect(words);
      case 'subscribe': {
        const topics = words.slice(2).map((word) => this.#text(word));
        return this.#listed('mvMqttRequestSubscribe', subscribeRequest(rig, topics, numbers[0], numbers[1]));
      }
      case 'unsubscribe': {
        const topics = words.slice(1).map((word) => this.#text(word));
        return this.#listed('mvMqttRequestUnsubscribe', unsubscribeRequest(rig, topics, numbers[0]));
      }
      case 'publish':
        return this.#publish(words);
      case 'disconnect':
        return this.#call('mvMqttRequestDisconnect', [channel]);
      case 'ack':
        return this.#call('mvMqttAcknowledgeMessage', [channel, numbers[0]]);
      case 'read-connect':
        return this.#words('mvMqttReadConnectResponse', [channel], 2);
      case 'read-disconnect':
        return this.#words('mvMqttReadDisconnectResponse', [channel], 2);
      case 'read-publish':
        return this.#words('mvMqttReadPublishResponse', [channel], 3);
      case 'read-subscribe':
        return this.#codes('mvMqttReadSubscribeResponse', numbers[0]);
      case 'read-unsubscribe':
        return this.#codes('mvMqttReadUnsubscribeResponse', numbers[0]);
      case 'read-message':
        return this.#message(numbers[0], numbers[1]);
      case 'read-lost':
        return this.#lost(numbers[0]);
      default:
        throw new Error(`no command ${name}`);
    }
  }
}

/** What the emulated kernel says to a script. */
export function emulated(script: string[]): Promise<string[]> {
  const [, expiry] = /^expiry (\d+)$/.exec(script[0]) ?? [];
  return new Script(Number(expiry ?? 0)).run(script);
}

/** Numbers of the scripts. */
export const MQTT = MvChannelType.MQTT;
export const CONFIG = MvChannelType.CONFIGFETCH;
