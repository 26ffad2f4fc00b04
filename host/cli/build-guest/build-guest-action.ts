import { statSync } from 'node:fs';
import { jsonLines } from '../output/json-lines.js';
import { buildApplication } from './build-application.js';

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
  const built = await buildApplication(folder, output, { sources, definitions, includes });
  const { size } = statSync(output);
  if (flags.json) {
    jsonLines<BuildGuestEvent>(process.stdout)({ event: 'built', output, size, sources: built });
  } else {
    process.stdout.write(`${output}: ${size.toLocaleString('en')} bytes of ${built.length} sources\n`);
    process.stdout.write(`run it with: wasmqtt run --guest ${output}\n`);
  }
}
