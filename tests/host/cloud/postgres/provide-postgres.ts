import type { TestProject } from 'vitest/node';
import { PostgresServer } from './postgres-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a database in which each store has a schema of its own. */
    postgres?: string;
  }
}

/** One server for all files of the project. It need not survive a power failure. */
export default async function providePostgres(project: TestProject): Promise<() => Promise<void>> {
  const server = await PostgresServer.create(['fsync=off']);
  project.provide('postgres', server.url());
  return () => server.remove();
}
