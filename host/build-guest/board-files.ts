import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../core/engine/node/package-files.js';

const BOARD = 'host/microvisor/board';

/** The folders of the board's headers; those of an application come before them. */
export const boardIncludes = (): string[] =>
  ['build/board', ...['hal', 'stm32', 'cmsis', 'freertos'].map((name) => `${BOARD}/include/${name}`)].map((folder) =>
    join(packageFolder(), folder),
  );

/** The header that is included before every source of an application. */
export const preludeHeader = (): string => join(packageFolder(), BOARD, 'include/stm32/mv_board_prelude.h');

/** The sources of the board, which are linked to every application. */
export function boardSources(): string[] {
  const folder = join(packageFolder(), BOARD, 'source');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.c'))
    .sort()
    .map((name) => join(folder, name));
}
