import {
  MvChannelType,
  MvConfigFetchResult,
  MvConfigKeyFetchParamsLayout,
  MvConfigKeyFetchResult,
  MvConfigKeyFetchScope,
  MvConfigKeyFetchStore,
  MvConfigKeyToFetchLayout,
  MvConfigResponseDataLayout,
  MvConfigResponseReadItemParamsLayout,
  MvStatus,
  readMvConfigKeyFetchParams,
  readMvConfigKeyToFetch,
  readMvConfigResponseReadItemParams,
  writeMvConfigResponseData,
} from '../../../build/abi/microvisor.js';
import type { Channel } from '../kernel/channel-driver.js';
import type { Family, FamilyFactory, FamilyServices } from '../kernel/family.js';
import { RequestReader } from './request-reader.js';
import { type OneRequest, unusedChannel } from './unused-channel.js';

export interface ConfigItem {
  scope: 'account' | 'device';
  store: 'secret' | 'config';
  key: string;
}

export type ConfigItemResult = { result: 'ok'; value: string } | { result: 'keyNotFound' } | { result: 'serverError' };

/**
 * Where configs and secrets come from. One result for each item, in the same order; a rejection is a server error.
 *
 * @example
 * ```ts
 * import type { ConfigItem, ConfigItemResult, ConfigSource } from 'wasmqtt/microvisor';
 *
 * const answer = ({ key }: ConfigItem): ConfigItemResult =>
 *   key === 'broker-port' ? { result: 'ok', value: '8883' } : { result: 'keyNotFound' };
 * const source: ConfigSource = { fetch: async (items) => items.map(answer) };
 * await source.fetch([{ scope: 'device', store: 'config', key: 'broker-port' }]); // => [ { result: 'ok', value: '8883' } ]
 * ```
 */
export interface ConfigSource {
  fetch(items: ConfigItem[]): Promise<ConfigItemResult[]>;
}

/** Bytes that the request takes in the send buffer for each key, besides the key itself (scope, store, length). */
const REQUEST_OVERHEAD = 4;
const { OKAY, PARAMETERFAULT } = MvStatus;
const { UNKNOWNCONFIGSCOPE, UNKNOWNCONFIGSTORE, INVALIDCONFIGKEY } = MvStatus;

const PRINTABLE = /^[\x20-\x7e]+$/;
const RESULTS = {
  ok: MvConfigKeyFetchResult.OK,
  keyNotFound: MvConfigKeyFetchResult.KEYNOTFOUND,
  serverError: MvConfigKeyFetchResult.SERVERERROR,
};

interface Response {
  tooLarge: boolean;
  items: { result: MvConfigKeyFetchResult; value: Uint8Array }[];
}

type FetchState =
  | { name: 'unused' }
  | { name: 'waiting' }
  /** The source has answered; the next tick makes the response of it. */
  | { name: 'arrived'; items: ConfigItem[]; results: ConfigItemResult[] }
  | { name: 'answered'; response: Response }
  | { name: 'closed' };

/** What the fetch of a channel needs. */
type ChannelServices = Pick<FamilyServices, 'channels' | 'emit' | 'wake'>;

/** One config-fetch channel: one request, one response. */
class ConfigFetch implements OneRequest {
  readonly #services: ChannelServices;
  readonly #channel: Channel;
  readonly #source: ConfigSource;
  #state: FetchState = { name: 'unused' };

  constructor(services: ChannelServices, channel: Channel, source: ConfigSource) {
    this.#services = services;
    this.#channel = channel;
    this.#source = source;
  }

  get sent(): boolean {
    return this.#state.name !== 'unused';
  }

  get response(): Response | undefined {
    return this.#state.name === 'answered' ? this.#state.response : undefined;
  }

  send(items: ConfigItem[]): void {
    this.#state = { name: 'waiting' };
    const failed = (): ConfigItemResult[] => items.map(() => ({ result: 'serverError' }));
    // Started in a later turn, so that a source can never run inside the guest's call.
    Promise.resolve()
      .then(() => this.#source.fetch(items))
      .then((results) => (results.length === items.length ? results : failed()), failed)
      .then((results) => {
        if (this.#state.name === 'waiting') this.#state = { name: 'arrived', items, results };
        this.#services.wake();
      });
  }

  tick(): void {
    if (this.#state.name !== 'arrived') return;
    const { items, results } = this.#state;
    const encoder = new TextEncoder();
    const values = results.map((item) => ({
      result: RESULTS[item.result],
      value: encoder.encode(item.result === 'ok' ? item.value : ''),
    }));
    const size = values.reduce((sum, item) => sum + item.value.length, 0);
    const tooLarge = size > this.#channel.receive.size;
    this.#state = { name: 'answered', response: { tooLarge, items: tooLarge ? [] : values } };
    this.#services.emit({
      event: 'configFetched',
      keys: items.map((item, index) => ({ ...item, result: results[index].result })),
    });
    this.#services.channels.readable(this.#channel);
  }

  nextDeadline(): undefined {
    return undefined;
  }

  close(): void {
    this.#state = { name: 'closed' };
  }
}

/** mvSendConfigFetchRequest, mvReadConfigFetchResponseData, mvReadConfigResponseItem, with the values of this source. */
export function configFetchCalls(source: ConfigSource): FamilyFactory {
  return (kernel) => new ConfigFetches(kernel, source);
}

type Reader = RequestReader<typeof UNKNOWNCONFIGSCOPE | typeof UNKNOWNCONFIGSTORE | typeof INVALIDCONFIGKEY>;

class ConfigFetches implements Family {
  readonly #kernel: FamilyServices;
  readonly #source: ConfigSource;

  constructor(kernel: FamilyServices, source: ConfigSource) {
    this.#kernel = kernel;
    this.#source = source;
  }

  readonly calls = {
    mvSendConfigFetchRequest: (handle: number, request: number) => this.#send(handle, request),
    mvReadConfigFetchResponseData: (handle: number, data: number) => this.#responseData(handle, data),
    mvReadConfigResponseItem: (handle: number, params: number) => this.#item(handle, params),
  };

  readonly channelKinds = {
    [MvChannelType.CONFIGFETCH]: {
      open: (channel: Channel) => new ConfigFetch(this.#kernel, channel, this.#source),
    },
  };

  #send(handle: number, address: number) {
    const { memory, channels, limits } = this.#kernel;
    const request: [number, number] = [address, MvConfigKeyFetchParamsLayout.SIZE];
    const channel = unusedChannel(this.#kernel, MvChannelType.CONFIGFETCH, handle, request);
    if (typeof channel === 'number') return channel;
    const params = readMvConfigKeyFetchParams(memory.view, address);
    if (params.numItems > limits.configKeys) return MvStatus.TOOMANYCONFIGKEYS;
    const reader: Reader = new RequestReader(memory);
    const items = this.#readItems(reader, params.keysToFetch, params.numItems);
    if (reader.status !== OKAY) return channels.ended(channel, reader.status);
    const size = items.reduce((sum, item) => sum + item.key.length + REQUEST_OVERHEAD, 0);
    if (size > channel.send.size) return MvStatus.INVALIDBUFFERSIZE;
    (channel.driver as ConfigFetch).send(items);
    return OKAY;
  }

  #readItems(reader: Reader, address: number, count: number): ConfigItem[] {
    const { memory, limits } = this.#kernel;
    return reader.list(address, count, MvConfigKeyToFetchLayout.SIZE, (at) => {
      const item = readMvConfigKeyToFetch(memory.view, at);
      const bytes = reader.bytes(item.key, 'key', limits.configKeyLength);
      const scope = item.scope === MvConfigKeyFetchScope.ACCOUNT ? 'account' : 'device';
      const store = item.store === MvConfigKeyFetchStore.SECRET ? 'secret' : 'config';
      if (item.scope > MvConfigKeyFetchScope.DEVICE) reader.refuse(UNKNOWNCONFIGSCOPE);
      if (item.store > MvConfigKeyFetchStore.CONFIG) reader.refuse(UNKNOWNCONFIGSTORE);
      const key = Buffer.from(bytes).toString('latin1');
      if (!PRINTABLE.test(key)) reader.refuse(INVALIDCONFIGKEY);
      return { scope, store, key };
    });
  }

  #responseData(handle: number, address: number) {
    const { memory, channels } = this.#kernel;
    if (!memory.holds(address, MvConfigResponseDataLayout.SIZE, 4)) return PARAMETERFAULT;
    const channel = channels.use(handle, MvChannelType.CONFIGFETCH);
    // The SDK documents neither INVALIDHANDLE nor RESPONSENOTPRESENT for this call.
    if (channel === MvStatus.INVALIDHANDLE) return PARAMETERFAULT;
    if (typeof channel === 'number') return channel;
    const { response } = channel.driver as ConfigFetch;
    if (!response) return PARAMETERFAULT;
    writeMvConfigResponseData(memory.view, address, {
      result: response.tooLarge ? MvConfigFetchResult.RESPONSETOOLARGE : MvConfigFetchResult.OK,
      numItems: response.items.length,
    });
    return OKAY;
  }

  #item(handle: number, address: number) {
    const { memory, channels } = this.#kernel;
    if (!memory.holds(address, MvConfigResponseReadItemParamsLayout.SIZE, 4)) return PARAMETERFAULT;
    const channel = channels.use(handle, MvChannelType.CONFIGFETCH);
    if (typeof channel === 'number') return channel;
    const { response } = channel.driver as ConfigFetch;
    if (!response) return MvStatus.RESPONSENOTPRESENT;
    const { itemIndex, result, buf } = readMvConfigResponseReadItemParams(memory.view, address);
    const item = response.items[itemIndex];
    if (!item) return MvStatus.INDEXINVALID;
    if (!memory.holds(result, 4, 4) || !memory.holds(buf.length, 4, 4)) return PARAMETERFAULT;
    // The call has no status for a value that does not fit: a buffer that is too small is a bad parameter.
    if (item.value.length > buf.size || !memory.holdsBytes(buf.data, item.value.length)) return PARAMETERFAULT;
    memory.view.setUint32(result, item.result, true);
    memory.view.setUint32(buf.length, item.value.length, true);
    memory.write(buf.data, item.value);
    return OKAY;
  }
}
