import {
  MasterKey,
  MasterKeyCommand,
  MasterKeyFile,
  type MasterKeySource,
  type SealedEngine,
} from '../../cloud/index.js';
import { progress } from '../output/progress.js';
import { UsageError } from '../process/user-error.js';
import { report, type StoreFlags, withOpenedStore } from './opened-store.js';

export interface RotateKeyFlags extends StoreFlags {
  newMasterKeyCommand?: string;
  dataKeyOnly?: boolean;
}

/** `wasmqtt store rotate-key`. Rejects with StoreError, UsageError. */
export async function rotateKeyAction(flags: RotateKeyFlags): Promise<void> {
  await withOpenedStore(flags, async (engine, source) => {
    const sealed = await engine.rotate({
      ...nextKey(flags, source, process.env),
      progress: (done) => progress(`${done} records sealed again`),
    });
    progress('');
    report(flags, { event: 'rotated', records: sealed }, sentence(engine, source, sealed, flags));
  });
}

type NextKey = Pick<Parameters<SealedEngine['rotate']>[0], 'next' | 'advance'>;

function nextKey(flags: RotateKeyFlags, source: MasterKeySource, env: NodeJS.ProcessEnv): NextKey {
  const { newMasterKeyCommand: command, dataKeyOnly } = flags;
  const text = env.WASMQTT_NEW_MASTER_KEY;
  if (dataKeyOnly) {
    if (command || text) throw new UsageError('--data-key-only keeps the master key; leave the new one out');
    return {};
  }
  if (command && text) throw new UsageError('there are two new master keys; leave one of them out');
  if (source instanceof MasterKeyFile) {
    if (command || text) {
      throw new UsageError(`the new key goes into ${source.path}, which is made here; leave the new master key out`);
    }
    return { next: () => source.next(), advance: (ids) => source.advance(ids) };
  }
  if (command) return { next: () => new MasterKeyCommand(command).read() };
  if (text) return { next: async () => MasterKey.parse(text, 'WASMQTT_NEW_MASTER_KEY') };
  throw new UsageError(
    'the master key is not in a file of ours; give the new one by --new-master-key-command or WASMQTT_NEW_MASTER_KEY, or use --data-key-only',
  );
}

function sentence(
  { place }: SealedEngine,
  source: MasterKeySource,
  sealed: number,
  { dataKeyOnly }: RotateKeyFlags,
): string {
  const done = `${sealed} records of ${place} are sealed with a new key; the old one opens nothing any more`;
  if (dataKeyOnly) return done;
  return source instanceof MasterKeyFile
    ? `${done}. The new master key is in ${source.path}; exports made before need the old one`
    : `${done}. From now on it needs the new master key; exports made before need the old one`;
}
