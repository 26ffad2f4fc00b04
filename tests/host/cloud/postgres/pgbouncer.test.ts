// engine: PostgreSQL
// needs: pgbouncer
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll } from 'vitest';
import { KEPT_COMMITS } from '../../../../host/cloud/store/engine/engine.js';
import { PostgresEngine } from '../../../../host/cloud/store/engine/postgres/postgres-engine.js';
import { programPath } from '../../../../tools/test/debian-packages.js';
import { engineContract } from '../contract/engine-contract.js';
import { postgresUrl, schemaUrl } from './postgres-place.js';
import { freePort, OWNER, serverFolder, systemAccount } from './postgres-server.js';

let port: number;

beforeAll(async () => {
  const folder = serverFolder('wasmqtt-pgbouncer-');
  port = await freePort();
  const server = new URL(postgresUrl());
  const settings = join(folder, 'pgbouncer.ini');
  // Fewer connections than clients, so that each transaction may get another one.
  writeFileSync(
    settings,
    `[databases]
postgres = host=127.0.0.1 port=${server.port} user=${OWNER.user} password='${OWNER.password}'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
max_client_conn = 200
`,
    { mode: 0o644 },
  );
  const child = spawn(programPath('pgbouncer')!, [settings], {
    ...systemAccount(),
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    let last = '';
    createInterface({ input: child.stderr })
      .on('line', (line) => {
        last = line;
        if (line.includes('process up')) resolve();
      })
      .on('close', () => reject(new Error(`pgbouncer did not start: ${last}`)));
  });
  return async () => {
    child.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
});

/** Through pgbouncer, but for the connection that listens. */
function pooled(store: string): string {
  const url = new URL(schemaUrl(store));
  url.port = String(port);
  url.searchParams.set('listen', postgresUrl());
  return url.href;
}

engineContract('PostgreSQL behind pgbouncer', (store) => PostgresEngine.open(pooled(store)), KEPT_COMMITS);
