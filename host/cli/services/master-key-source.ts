import { fixedMasterKey, MasterKey, MasterKeyCommand, MasterKeyFile, type MasterKeySource } from '../../cloud/index.js';
import { UsageError } from '../process/user-error.js';

/**
 * Where the master key comes from: the command, or the environment (WASMQTT_MASTER_KEY, WASMQTT_MASTER_KEY_COMMAND), else the file.
 *
 * @throws UsageError when two of them are given; StoreError `unusable` when WASMQTT_MASTER_KEY is not a key
 */
export function masterKeySource(file: string, command: string | undefined, env: NodeJS.ProcessEnv): MasterKeySource {
  const asked = command ?? env.WASMQTT_MASTER_KEY_COMMAND;
  const text = env.WASMQTT_MASTER_KEY;
  if (asked && text) {
    throw new UsageError('the master key comes from WASMQTT_MASTER_KEY and from a command; leave one of them out');
  }
  if (asked) return new MasterKeyCommand(asked);
  if (text) return fixedMasterKey(MasterKey.parse(text, 'WASMQTT_MASTER_KEY'), 'WASMQTT_MASTER_KEY');
  return new MasterKeyFile(file);
}
