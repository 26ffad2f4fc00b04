import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach } from 'vitest';
import { type ApplicationOptions, readApplication } from '../../../host/build-guest/read-application.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** An application with these files. */
export function application(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'application-'));
  folders.push(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

export const NONE: ApplicationOptions = { sources: [], definitions: [], includes: [], environment: {} };

/** What is read of an application with these files, with paths relative to it. */
export function read(files: Record<string, string>, options: Partial<ApplicationOptions> = {}) {
  const root = application(files);
  const project = readApplication(root, { ...NONE, ...options });
  return {
    ...project,
    sources: project.sources.map((source) => relative(root, source)),
    includes: project.includes.map((include) => relative(root, include)),
    otherIncludes: project.otherIncludes.map((include) => relative(root, include)),
  };
}
