import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Locked {
  optionalDependencies?: Record<string, string>;
  libc?: string[];
}

const text = readFileSync('package-lock.json', 'utf8');
const packages: Record<string, Locked> = JSON.parse(text).packages;
const names = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));

describe('package-lock.json', () => {
  it('names no registry', () => {
    expect(text.match(/"https?:\/\/[^"]*\.tgz"/g) ?? []).toEqual([]);
    expect(text).not.toContain('"resolved"');
  });

  it('names the packages of all platforms: npm 11 would add those that are missing, and npm ci would fail', () => {
    const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies),
    );
    expect(wanted.filter((name) => !names.has(name))).toEqual([]);
  });

  it('has no field libc, which npm 11 writes and npm 10 removes: an install must leave the file as it is', () => {
    expect(Object.keys(packages).filter((path) => packages[path].libc)).toEqual([]);
  });
});
