/** The core with its module inside, for bundles that no file can lie beside. */
import { smallModule } from '../../build/abi/core-module.js';
import { hexBytes } from './bytes/strings.js';
import { isLoaded } from './engine/core.js';
import { startCore } from './engine/init.js';
import { loadCore } from './engine/load.js';

if (!isLoaded()) startCore(loadCore(() => hexBytes(smallModule), true));

export * from './index.js';
