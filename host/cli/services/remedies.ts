import { collectionPath, restPath, type Scope, shownPlace } from '../../cloud/index.js';
import type { ExamineOptions } from '../../credentials/index.js';
import { DEFAULT_DATA, type StoresOptions } from '../options/stores-options.js';
import { removeCommand } from '../output/curl-commands.js';
import { shellWord } from '../output/shell-word.js';

/** The commands in remedies, for one scope of some stores. */
export type Remedies = Required<Pick<ExamineOptions, 'provision' | 'remove'>>;

/**
 * The commands that fix something in a scope, with the options that lead there.
 *
 * @param url of the REST calls, ends in `/v1`
 * @param usual the device that is used when none is named
 */
export function remediesFor(
  { data, store, cloud }: StoresOptions,
  scope: Scope,
  url: string,
  usual?: string,
): Remedies {
  const words = ['wasmqtt provision'];
  if (cloud !== undefined) words.push(`--cloud ${shellWord(cloud)}`);
  else {
    if (data !== DEFAULT_DATA) words.push(`--data ${shellWord(data)}`);
    if (store !== undefined && store !== process.env.WASMQTT_STORE)
      words.push(`--store ${shellWord(shownPlace(store))}`);
  }
  if (scope.kind === 'account') words.push('--scope account');
  else if (scope.deviceSid !== usual) words.push(`--device-sid ${scope.deviceSid}`);
  return {
    provision: words.join(' '),
    remove(store, key) {
      const collection = shellWord(url + restPath(collectionPath(scope, `${store}s`)));
      const command = removeCommand(key, collection).replace(/ \\\n\s*/g, ' ');
      return cloud === undefined ? `${command} (while wasmqtt cloud runs)` : command;
    },
  };
}
