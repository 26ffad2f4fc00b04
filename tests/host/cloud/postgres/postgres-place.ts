import { createHash, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

/** The server of this run, in the project that has one. */
export function postgresUrl(): string {
  const url = inject('postgres');
  if (url === undefined)
    throw new Error('this file is for the project postgresql alone: it says "// engine: PostgreSQL"');
  return url;
}

/** A place of its own within the server of this run. @param schema default: a new one */
export function schemaUrl(schema = `s${randomUUID().replaceAll('-', '')}`, url = postgresUrl()): string {
  const address = new URL(url);
  address.searchParams.set('schema', schema);
  return address.href;
}

/** Where the store of a folder is in this project: there, or in a schema of its own for each folder. */
export function placeOf(folder: string): string {
  const url = inject('postgres');
  if (url === undefined) return folder;
  return schemaUrl(`f${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`, url);
}

/** Statements in the database of this run, as its owner; the rows of the last. */
export async function asOwner(text: string, values?: unknown[]): Promise<Record<string, unknown>[]> {
  const client = new Client(postgresUrl());
  await client.connect();
  try {
    const result = await client.query(text, values);
    return (Array.isArray(result) ? result.at(-1) : result).rows;
  } finally {
    await client.end();
  }
}

/** The schema that an address names. */
export function schemaOf(url: string): string {
  return new URL(url).searchParams.get('schema') ?? '';
}
