import { boardImports } from '../../build/abi/board.js';
import { callSignatures } from '../../build/abi/microvisor.js';

/** Functions of this project that every guest may import. */
const HOST = ['mv_host_wait', 'mv_host_print'];

/** The names that a guest may leave to the host. */
export const offeredNames = (): string[] => [...Object.keys(callSignatures), ...Object.keys(boardImports), ...HOST];
