/** The core for workerd, the engine of Cloudflare Workers. */
import './engine/start-workerd.js';

export * from './index.js';
