import { statSync } from 'node:fs';
import { BuildError, buildGuest } from '../../build-guest/index.js';
import { jsonLines } from '../output/json-lines.js';
import { UserError } from '../process/user-error.js';

export interface BuildGuestFlags {
  output: string;
  source: string[];
  define: string[];
  include: string[];
  json?: boolean;
}

/** What was built, as `--json` prints it. */
export interface BuildGuestEvent {
  event: 'built';
  output: string;
  /** Bytes. */
  size: number;
  sources: readonly string[];
}

/** `wasmqtt build-guest`. @throws UserError */
export async function buildGuestAction(folder: string, flags: BuildGuestFlags): Promise<void> {
  const { output, source: sources, define: definitions, include: includes } = flags;
  try {
    const built = await buildGuest(folder, output, { sources, definitions, includes });
    if (built.warnings) process.stderr.write(`${built.warnings}\n`);
    const { size } = statSync(output);
    if (flags.json) {
      jsonLines<BuildGuestEvent>(process.stdout)({ event: 'built', output, size, sources: built.sources });
    } else {
      process.stdout.write(`${output}: ${size.toLocaleString('en')} bytes of ${built.sources.length} sources\n`);
      process.stdout.write(`run it with: wasmqtt run --guest ${output}\n`);
    }
  } catch (error) {
    if (error instanceof BuildError) throw new UserError(error.message);
    throw error;
  }
}
