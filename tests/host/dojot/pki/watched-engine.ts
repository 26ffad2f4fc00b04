import type { Engine } from '../../../../host/cloud/store/engine/engine.js';

/** The same engine with some calls in the place of its own. */
export function watched(engine: Engine, calls: Partial<Engine>): Engine {
  return new Proxy(engine, {
    get(target, name: keyof Engine) {
      const value = calls[name] ?? target[name];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
