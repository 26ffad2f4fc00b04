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
import type { Channel, ChannelDriver } from '../kernel/channel-driver.js';
import type { Family, FamilyFactory, FamilyServices } from '../kernel/family.js';
import { refuse } from '../kernel/statuses.js';

export interface ConfigItem {
  scope: 'account' | 'device';
  store: 'secret' | 'config';
  key: string;
}

export type ConfigItemResult = { result: 'ok'; value: string } | { result: 'keyNotFound' } | { result: 'serverError' };

/** Where configs and secrets come from. One result for each item, in the same order; a rejection is a server error. */
export interface ConfigSource {
  fetch(items: ConfigItem[]): Promise<ConfigItemResult[]>;
}

/** Bytes that the request takes in the send buffer for each key, besides the key itself (scope, store, length). */
const REQUEST_OVERHEAD = 4;
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

type ChannelServices = Pick<FamilyServices, 'channels' | 'emit' | 'wake'>;

/** One config-fetch channel: one request, one response. */
class ConfigFetch implements ChannelDriver {
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

  readonly drivers = {
    [MvChannelType.CONFIGFETCH]: (channel: Channel) => new ConfigFetch(this.#kernel, channel, this.#source),
  };

  #send(handle: number, address: number): void {
    const { memory, channels, limits } = this.#kernel;
    memory.check(address, MvConfigKeyFetchParamsLayout.SIZE, 4);
    const channel = channels.use(handle, MvChannelType.CONFIGFETCH);
    const fetch = channel.driver as ConfigFetch;
    if (fetch.sent) refuse(MvStatus.REQUESTALREADYSENT);
    const params = readMvConfigKeyFetchParams(memory.view, address);
    if (params.numItems > limits.configKeys) refuse(MvStatus.TOOMANYCONFIGKEYS);
    const items = channels.guard(channel, () => this.#readItems(params.keysToFetch, params.numItems));
    const size = items.reduce((sum, item) => sum + item.key.length + REQUEST_OVERHEAD, 0);
    if (size > channel.send.size) refuse(MvStatus.INVALIDBUFFERSIZE);
    fetch.send(items);
  }

  #readItems(address: number, count: number): ConfigItem[] {
    const { memory } = this.#kernel;
    if (count > 0) memory.check(address, count * MvConfigKeyToFetchLayout.SIZE, 4, MvStatus.LATEFAULT);
    return Array.from({ length: count }, (_, index) => {
      const item = readMvConfigKeyToFetch(memory.view, address + index * MvConfigKeyToFetchLayout.SIZE);
      const bytes = memory.copy(item.key.data, item.key.length, MvStatus.LATEFAULT);
      return { scope: scopeOf(item.scope), store: storeOf(item.store), key: this.#keyOf(bytes) };
    });
  }

  #keyOf(bytes: Uint8Array): string {
    const key = Buffer.from(bytes).toString('latin1');
    if (!PRINTABLE.test(key) || key.length > this.#kernel.limits.configKeyLength) refuse(MvStatus.INVALIDCONFIGKEY);
    return key;
  }

  #responseData(handle: number, address: number): void {
    const { memory, channels } = this.#kernel;
    memory.check(address, MvConfigResponseDataLayout.SIZE, 4);
    // The SDK documents neither INVALIDHANDLE nor RESPONSENOTPRESENT for this call.
    const channel = channels.use(handle, MvChannelType.CONFIGFETCH, MvStatus.PARAMETERFAULT);
    const response = (channel.driver as ConfigFetch).response ?? refuse(MvStatus.PARAMETERFAULT);
    writeMvConfigResponseData(memory.view, address, {
      result: response.tooLarge ? MvConfigFetchResult.RESPONSETOOLARGE : MvConfigFetchResult.OK,
      numItems: response.items.length,
    });
  }

  #item(handle: number, address: number): void {
    const { memory, channels } = this.#kernel;
    memory.check(address, MvConfigResponseReadItemParamsLayout.SIZE, 4);
    const channel = channels.use(handle, MvChannelType.CONFIGFETCH);
    const response = (channel.driver as ConfigFetch).response ?? refuse(MvStatus.RESPONSENOTPRESENT);
    const params = readMvConfigResponseReadItemParams(memory.view, address);
    const item = response.items[params.itemIndex] ?? refuse(MvStatus.INDEXINVALID);
    memory.check(params.result, 4, 4);
    memory.check(params.buf.length, 4, 4);
    // The call has no status for a value that does not fit: a buffer that is too small is a bad parameter.
    if (item.value.length > params.buf.size) refuse(MvStatus.PARAMETERFAULT);
    if (item.value.length > 0) memory.check(params.buf.data, item.value.length);
    memory.view.setUint32(params.result, item.result, true);
    memory.view.setUint32(params.buf.length, item.value.length, true);
    memory.write(params.buf.data, item.value);
  }
}

function scopeOf(scope: number): ConfigItem['scope'] {
  if (scope === MvConfigKeyFetchScope.ACCOUNT) return 'account';
  return scope === MvConfigKeyFetchScope.DEVICE ? 'device' : refuse(MvStatus.UNKNOWNCONFIGSCOPE);
}

function storeOf(store: number): ConfigItem['store'] {
  if (store === MvConfigKeyFetchStore.SECRET) return 'secret';
  return store === MvConfigKeyFetchStore.CONFIG ? 'config' : refuse(MvStatus.UNKNOWNCONFIGSTORE);
}
