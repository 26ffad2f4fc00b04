import { isLoaded } from './core.js';
// workerd takes modules from imports only, never from bytes.
import module from './core.simd.wasm';
import { startCore } from './init.js';
import { instancesOf } from './load.js';

if (!isLoaded()) startCore(instancesOf(module));
