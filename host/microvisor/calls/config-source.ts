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
