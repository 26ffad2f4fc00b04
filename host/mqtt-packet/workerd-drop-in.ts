/** The drop-in for workerd, the engine of Cloudflare Workers. */
import '../core/engine/start-workerd.js';

export * from './index.js';
export { default } from './index.js';
