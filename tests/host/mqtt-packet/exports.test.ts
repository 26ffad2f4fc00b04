import { createRequire } from 'node:module';
import type * as theirs from 'mqtt-packet';
import { describe, expect, expectTypeOf, it } from 'vitest';
import * as ours from '../../../host/mqtt-packet/index.js';

const built = new URL('../../../build/host/mqtt-packet.js', import.meta.url);
const functions = ['parser', 'generate', 'writeToStream'] as const;

/** Whether the values of each type are assignable to the other. */
type Alike<A, B> = A extends B ? (B extends A ? true : false) : false;

describe('the package export wasmqtt/mqtt-packet', () => {
  it('has the functions of mqtt-packet as named exports and as members of the default export', () => {
    const { parser, generate, writeToStream } = ours;
    expect(ours.default).toEqual({ parser, generate, writeToStream });
  });

  it('can be imported by default and by name', async () => {
    const module = await import(built.href);
    for (const name of functions) {
      expect(module[name]).toBeTypeOf('function');
      expect(module.default[name]).toBe(module[name]);
    }
  });

  it('can be required: destructured, through compiled imports of the default, and through compiled `import *`', () => {
    const module = createRequire(import.meta.url)(built.pathname);
    for (const name of functions) expect(module[name]).toBeTypeOf('function');
    expect(module.__esModule).toBe(true); // so compilers take `default` of it
    expect(module.default.generate({ cmd: 'pingreq' })).toEqual(Buffer.from([0xc0, 0]));
  });
});

describe('the declarations', () => {
  it('accept the packets of mqtt-packet and return packets that its users accept', () => {
    expectTypeOf<theirs.Packet>().toExtend<ours.Packet>();
    expectTypeOf<ours.Packet>().toExtend<theirs.Packet>();
    expectTypeOf<Alike<ours.IConnectPacket, theirs.IConnectPacket>>().toEqualTypeOf<true>();
    expectTypeOf<Alike<ours.IConnackPacket, theirs.IConnackPacket>>().toEqualTypeOf<true>();
    expectTypeOf<Alike<ours.IPublishPacket, theirs.IPublishPacket>>().toEqualTypeOf<true>();
    expectTypeOf<Alike<ours.ISubscribePacket, theirs.ISubscribePacket>>().toEqualTypeOf<true>();
    expectTypeOf<Alike<ours.ISubackPacket, theirs.ISubackPacket>>().toEqualTypeOf<true>();
    expectTypeOf<Alike<ours.IUnsubscribePacket, theirs.IUnsubscribePacket>>().toEqualTypeOf<true>();
    expectTypeOf<Alike<ours.IUnsubackPacket, theirs.IUnsubackPacket>>().toEqualTypeOf<true>();
    expectTypeOf<Alike<ours.IPubrecPacket, theirs.IPubrecPacket>>().toEqualTypeOf<true>();
    expectTypeOf<Alike<ours.IDisconnectPacket, theirs.IDisconnectPacket>>().toEqualTypeOf<true>();
    expectTypeOf<Alike<ours.IAuthPacket, theirs.IAuthPacket>>().toEqualTypeOf<true>();
    expectTypeOf<ours.PacketCmd>().toEqualTypeOf<theirs.PacketCmd>();
    expectTypeOf<ours.UserProperties>().toEqualTypeOf<theirs.UserProperties>();
  });

  it('allow the functions to replace those of mqtt-packet', () => {
    expectTypeOf<ReturnType<typeof ours.parser>>().toExtend<theirs.Parser>();
    expectTypeOf<typeof ours.writeToStream.cacheNumbers>().toEqualTypeOf<boolean>();
    const generate: (packet: theirs.Packet, options?: theirs.IConnectPacket) => Buffer = ours.generate;
    const write: (packet: theirs.Packet, stream: NodeJS.WritableStream, options?: theirs.IConnectPacket) => boolean =
      ours.writeToStream;
    expect([generate, write]).toEqual([ours.generate, ours.writeToStream]);
  });
});
