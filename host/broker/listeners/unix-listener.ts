import { chmodSync, existsSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { dirname } from 'node:path';
import type { ListenFailure } from '../../node/listen-failure.js';
import type { Rules } from '../engine/rules.js';
import { bindPath, type Door } from './bind.js';
import { Entrance } from './entrance.js';
import { handshakeTimeoutOf, type UnixListenOptions } from './listen-options.js';
import { BrokerError, type Listener } from './listener.js';
import type { Lobby } from './lobby.js';

/** Bytes of a path in sockaddr_un, without its zero byte (unix(7)); a longer one would be cut off. */
const LONGEST_PATH = 107;

/**
 * Listens for MQTT on a Unix socket. The file of a broker that is gone is replaced; one that somebody listens on, and anything
 * that is not a socket, is left alone.
 *
 * @throws BrokerError `options`, otherwise for the file
 */
export async function listenUnix(lobby: Lobby, options: UnixListenOptions & { rules: Rules }): Promise<Listener> {
  const { protocol, socketPath, mode = 0o600, handshakeTimeout, ...settings } = options;
  check(socketPath, mode);
  const entrance = new Entrance(lobby, handshakeTimeoutOf({ handshakeTimeout }));
  let connections = 0;
  const door: Door = {
    protocol,
    entrance,
    settings,
    welcome: (socket) => entrance.attach(socket, socket),
    remote: () => `unix:${++connections}`,
  };
  await makeRoom(socketPath);
  const open = (server: Server) => openFile(server, socketPath, mode);
  return await bindPath(door, socketPath, open, (error) => explain(error, socketPath));
}

function check(path: string, mode: number): void {
  const bytes = Buffer.byteLength(path);
  if (bytes === 0 || bytes > LONGEST_PATH || path.includes('\0')) {
    const message = `socketPath has ${bytes} bytes; use a path of 1 to ${LONGEST_PATH} bytes without a zero byte`;
    throw new BrokerError('options', message);
  }
  if (!Number.isInteger(mode) || mode < 0 || mode > 0o777) {
    throw new BrokerError('options', `mode is ${mode}; use permissions from 0 to 0o777, such as 0o660`);
  }
}

/** Takes away the socket of a broker that is gone. */
async function makeRoom(path: string): Promise<void> {
  const at = `the broker cannot listen on the Unix socket ${path}`;
  if (!existsSync(dirname(path))) {
    // The system would say that it is not allowed.
    throw new BrokerError('address-not-available', `${at}: its folder does not exist; make it, or choose another path`);
  }
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return;
  if (!stat.isSocket()) {
    throw new BrokerError('address-in-use', `${at}: the file is not a socket; remove it, or choose another path`);
  }
  if (await isAlive(path)) {
    const advice = 'end it, or choose another path';
    throw new BrokerError('address-in-use', `${at}: another program listens there; ${advice}`);
  }
  try {
    unlinkSync(path);
  } catch (error) {
    const message = `${at}: the file of a broker that is gone cannot be replaced: ${(error as Error).message}`;
    throw new BrokerError('address-not-allowed', message, { cause: error });
  }
}

/** Whether somebody listens on a socket. Not allowed to ask counts as yes. */
function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT');
    });
  });
}

/** The file never has more permissions than it is to have: not even between its creation and a chmod. */
function openFile(server: Server, path: string, mode: number): void {
  const former = changeMask(0o777 & ~mode);
  try {
    server.listen(path);
  } finally {
    if (former !== undefined) changeMask(former);
  }
  server.once('listening', () => chmodSync(path, mode));
}

/** Undefined in a worker thread, which may not change the mask of the process. */
function changeMask(mask: number): number | undefined {
  try {
    return process.umask(mask);
  } catch {
    return undefined;
  }
}

function explain(error: unknown, path: string): ListenFailure {
  const at = `the broker cannot listen on the Unix socket ${path}`;
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EADDRINUSE':
      return {
        code: 'address-in-use',
        message: `${at}: another program listens there; end it, or choose another path`,
      };
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return {
        code: 'address-not-allowed',
        message: `${at}: this user may not write to its folder; choose another path`,
      };
    default:
      return { code: 'cannot-listen', message: `${at}: ${message ?? String(error)}; check the path` };
  }
}
