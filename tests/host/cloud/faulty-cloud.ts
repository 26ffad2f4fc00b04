import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * What happens to a write:
 * - `refuse`: it is answered with 400 and not done; `fail`: the same with 500
 * - `lose`: it is done, and the answer is lost
 * - `die`: from this write on nothing is answered; `die after`: this write is done, and nothing is answered
 */
export type Fault = 'refuse' | 'fail' | 'lose' | 'die' | 'die after';

/** A server in front of a cloud. It passes on everything but the `nth` write, counted from 1. */
export async function faulty(cloudUrl: string, fault: Fault, nth: number) {
  let writes = 0;
  let isDead = false;
  const server = createServer((request, response) => {
    if (isDead) return void request.socket.destroy();
    const isIll = request.method !== 'GET' && ++writes === nth;
    if (isIll && fault.startsWith('die')) isDead = true;
    if (isIll && fault === 'die') return void request.socket.destroy();
    if (isIll && (fault === 'refuse' || fault === 'fail')) {
      request.resume();
      return void response.writeHead(fault === 'refuse' ? 400 : 500).end(JSON.stringify({ message: 'not today' }));
    }
    void pass(cloudUrl, request, response, isIll);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    revive: () => {
      isDead = false;
    },
    get writes() {
      return writes;
    },
  };
}

async function pass(cloudUrl: string, request: IncomingMessage, response: ServerResponse, lose: boolean) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { authorization = '', 'content-type': type } = request.headers;
  const answer = await fetch(`${cloudUrl}${request.url}`, {
    method: request.method,
    headers: { authorization, ...(type && { 'content-type': type }) },
    body: chunks.length > 0 ? Buffer.concat(chunks) : undefined,
  });
  const text = await answer.text();
  if (lose) request.socket.destroy();
  else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
}
