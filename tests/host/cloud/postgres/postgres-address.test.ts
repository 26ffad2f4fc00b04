// engine: PostgreSQL
import { describe, expect, it } from 'vitest';
import { parsePostgresAddress, shownPlace } from '../../../../host/cloud/store/engine/postgres/postgres-address.js';
import { storeError } from '../cloud-rig.js';

const sslmodeOf = (url: string) => new URL(url).searchParams.get('sslmode');

describe('the address of a store in PostgreSQL', () => {
  it('is shown without its password, and without anything else that could be one', () => {
    const address =
      'postgresql://ann:s3cret@127.0.0.1:6432/fleet?schema=east&options=-cx%3Ds3cret&listen=postgres://a:s3cret@h/f';
    const shown = 'postgresql://ann@127.0.0.1:6432/fleet?schema=east';
    expect(shownPlace(address)).toBe(shown);
    expect(parsePostgresAddress(address, {}).place).toBe(`the store in ${shown}`);
  });

  it('keeps what is for the database, and not what is ours', () => {
    const { connection, listening, isPooled, schema } = parsePostgresAddress(
      'postgres://ann:p%40ss@127.0.0.1/fleet?schema=east&application_name=x&listen=postgres://ann@127.0.0.2/fleet',
      {},
    );
    expect(connection).toBe('postgres://ann:p%40ss@127.0.0.1/fleet?application_name=x');
    expect(listening).toBe('postgres://ann@127.0.0.2/fleet');
    expect([isPooled, schema]).toEqual([true, 'east']);
  });

  it.each([
    ['postgres://ann@127.0.0.1/fleet', {}, null],
    ['postgres://ann@[::1]/fleet', {}, null],
    ['postgres://localhost/fleet', {}, null],
    ['postgres:///fleet?host=/run/postgresql', {}, null],
    ['postgres://%2Frun%2Fpostgresql/fleet', {}, null],
    ['postgres://db.example.com/fleet', {}, 'verify-full'],
    ['postgres://192.0.2.1/fleet', {}, 'verify-full'],
    ['postgres:///fleet', { PGHOST: 'db.example.com' }, 'verify-full'],
    ['postgres:///fleet?host=db.example.com', {}, 'verify-full'],
    ['postgres://db.example.com/fleet?sslmode=disable', {}, 'disable'],
    ['postgres://db.example.com/fleet', { PGSSLMODE: 'require' }, null],
  ])('demands TLS beyond this machine unless told otherwise: %s %j', (address, env, sslmode) => {
    expect(sslmodeOf(parsePostgresAddress(address, env).connection)).toBe(sslmode);
  });

  it.each([
    ['postgres://ann:s3#cret@h/fleet', 'cannot be read'],
    ['postgres://ann:s3cret@h:port/fleet', 'cannot be read'],
    ['postgres://ann:s3cret@h', 'does not name a database'],
    ['postgres://ann:s3cret@h/', 'does not name a database'],
    ['postgres://ann:s3cret@h/fleet?schema=East', 'schema="East" cannot be'],
    ['postgres://ann:s3cret@h/fleet?schema=', 'schema="" cannot be'],
    [`postgres://ann:s3cret@h/fleet?schema=${'x'.repeat(51)}`, 'at most 49 more'],
    ['postgres://ann:s3cret@h/fleet?shcema=east', 'a parameter "shcema"; there are schema, listen, sslmode'],
    ['postgres://ann:s3cret@h/fleet?listen=mysql://ann:s3cret@h/f', 'listen= does not name a database'],
  ])('is refused without being repeated: %s', async (address, message) => {
    const error = await storeError(() => parsePostgresAddress(address, {}));
    expect(error.code).toBe('unusable');
    expect(error.message).toContain(message);
    expect(error.message).not.toMatch(/s3|cret/);
  });
});
