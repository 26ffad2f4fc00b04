import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { WebSocketStream } from '../../../../host/broker/listeners/websocket/websocket-stream.js';

/** A client, and the broker's end of its connection. */
async function connect() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const connection = once(server, 'connection');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as { port: number }).port}`);
  const stream = new WebSocketStream((await connection)[0]);
  await once(client, 'open');
  server.close();
  return { client, stream };
}

const turn = () => new Promise(setImmediate);

describe('a stream over a WebSocket', () => {
  it('stops the peer while nobody reads, and loses nothing', async () => {
    const { client, stream } = await connect();
    // Far more than the kernel holds.
    const [count, size] = [500, 50_000];
    for (let sent = 0; sent < count; sent++) client.send(Buffer.alloc(size, sent));
    for (let turns = 0; turns < 500; turns++) await turn();
    expect(stream.readableLength).toBeLessThan(4 * size);
    expect(client.bufferedAmount).toBeGreaterThan(size);
    let received = 0;
    for await (const chunk of stream) {
      received += chunk.length;
      if (received === count * size) break;
    }
    client.terminate();
  });

  it('keeps what the peer does not take, and says when it is taken', async () => {
    const { client, stream } = await connect();
    client.pause();
    const chunk = Buffer.alloc(1_000_000);
    let written = 0;
    while (stream.write(chunk) || written < 20) {
      written++;
      await turn();
    }
    written++;
    expect(stream.writableNeedDrain).toBe(true);
    expect(stream.writableLength).toBeGreaterThan(chunk.length);
    const drained = once(stream, 'drain');
    let received = 0;
    client.on('message', (data) => {
      received += (data as Buffer).length;
    });
    client.resume();
    await drained;
    stream.end();
    await once(client, 'close');
    expect(received).toBe(written * chunk.length);
  });

  it('puts small pieces that are written in one turn into one frame', async () => {
    const { client, stream } = await connect();
    const frames: string[] = [];
    client.on('message', (data) => frames.push(String(data)));
    stream.cork();
    for (const text of ['a', 'b', 'c']) stream.write(text);
    stream.uncork();
    stream.end();
    await once(client, 'close');
    expect(frames).toEqual(['abc']);
  });

  it('is destroyed at once when it is not ended, whatever the peer does', async () => {
    const { client, stream } = await connect();
    client.pause();
    stream.destroy();
    await once(stream, 'close');
    client.resume();
    expect((await once(client, 'close'))[0]).toBe(1006);
  });
});
