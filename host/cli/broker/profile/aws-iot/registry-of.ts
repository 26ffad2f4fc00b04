import { ConfigError, type LoadedRegistry, type ThingRegistry } from '../../../../broker/index.js';

/** The registry that was read. @throws ConfigError with all that is wrong with its files */
export function registryOf({ registry, mistakes }: LoadedRegistry): ThingRegistry {
  if (registry) return registry;
  throw new ConfigError(mistakes.map((mistake) => ({ severity: 'error' as const, ...mistake })));
}
