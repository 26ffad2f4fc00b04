import { basename } from 'node:path';
import type { NamedPolicy } from '../policy/document/policy-document.js';
import { readPolicy } from '../policy/document/read-policy.js';
import type { FileMistake } from './placed-json.js';
import { readThings } from './read-things.js';
import { atStart, type ReadFile, RegistryFiles } from './registry-files.js';
import { type RegistryContent, ThingRegistry } from './thing-registry.js';

/** What a registry is made of. */
export interface RegistrySources {
  /** File of things, certificates, groups and policies. */
  readonly things?: string;
  /** One more thing, attached to `certificates`. */
  readonly thing?: string;
  /** Policies of `certificates`, each named for its file. */
  readonly policies: readonly string[];
  /** Ids of certificates that are ACTIVE and have `policies`. */
  readonly certificates: readonly string[];
  /** The same, as PEM or DER files. */
  readonly certificateFiles?: readonly string[];
}

export interface LoadedRegistry {
  /** Undefined when there are mistakes. */
  readonly registry?: ThingRegistry;
  readonly mistakes: readonly FileMistake[];
  /** All files that were read, or could not be. */
  readonly files: readonly string[];
}

/**
 * Reads a registry from files. Nothing is changed.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { type FileMistake, type LoadedRegistry, loadRegistry, type RegistrySources, type ThingRegistry } from 'wasmqtt/broker';
 *
 * const sources: RegistrySources = { thing: 'pump-7', policies: ['missing.json'], certificates: ['a'.repeat(64)] };
 * const loaded: LoadedRegistry = loadRegistry(sources, (path) => readFileSync(path));
 * const [mistake]: readonly FileMistake[] = loaded.mistakes;
 * const registry: ThingRegistry | undefined = loaded.registry;
 * [mistake.file, registry]; // => [ 'missing.json', undefined ]
 * ```
 */
export function loadRegistry(sources: RegistrySources, read: ReadFile): LoadedRegistry {
  const files = new RegistryFiles(read);
  const mistakes: FileMistake[] = [];
  const content = contentOf(sources, files, mistakes);
  const paths = [...files.paths];
  return mistakes.length > 0
    ? { mistakes, files: paths }
    : { registry: new ThingRegistry(content), mistakes, files: paths };
}

function contentOf(sources: RegistrySources, files: RegistryFiles, mistakes: FileMistake[]): RegistryContent {
  const base = readBase(sources.things, files, mistakes);
  const own = sources.policies.flatMap((file) => readOwn(file, files, mistakes));
  const policies = new Map([...base.policies, ...own.map((policy) => [policy.name, policy] as const)]);
  const ids = [...sources.certificates, ...certificatesIn(sources.certificateFiles ?? [], files, mistakes)];
  const certificates = new Map(base.certificates);
  for (const id of ids) {
    const known = certificates.get(id);
    const names = [...(known?.policies ?? []), ...own.map(({ name }) => name)];
    certificates.set(id, { id, status: known?.status ?? 'ACTIVE', policies: [...new Set(names)] });
  }
  const things = new Map(base.things);
  if (sources.thing !== undefined) {
    const known = things.get(sources.thing) ?? { name: sources.thing, groups: [], certificates: [], exclusive: [] };
    things.set(sources.thing, { ...known, certificates: [...known.certificates, ...ids] });
  }
  return { ...base, policies, certificates, things };
}

function readBase(file: string | undefined, files: RegistryFiles, mistakes: FileMistake[]): RegistryContent {
  const empty = { policies: new Map(), certificates: new Map(), things: new Map(), groups: new Map() };
  if (file === undefined) return empty;
  const read = files.text(file);
  if ('text' in read) return readThings(file, read.text, files, mistakes);
  mistakes.push(atStart(file, read.problem));
  return empty;
}

function readOwn(file: string, files: RegistryFiles, mistakes: FileMistake[]): NamedPolicy[] {
  const read = files.text(file);
  if ('problem' in read) {
    mistakes.push(atStart(file, read.problem));
    return [];
  }
  const { policy, mistakes: found } = readPolicy(nameOf(file), read.text);
  for (const { line, column, message } of found) mistakes.push({ file, line, column, message });
  return policy ? [policy] : [];
}

/** The name of a policy that only has a file: what AWS does not take in names is left out. */
function nameOf(file: string): string {
  return (
    basename(file)
      .replace(/\.json$/i, '')
      .replace(/[^\w+=,.@-]/g, '-')
      .slice(0, 128) || 'policy'
  );
}

function certificatesIn(paths: readonly string[], files: RegistryFiles, mistakes: FileMistake[]): string[] {
  return paths.flatMap((path) => {
    const found = files.certificateId(path);
    if ('id' in found) return [found.id];
    mistakes.push(atStart(path, found.problem));
    return [];
  });
}
