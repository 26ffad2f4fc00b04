import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { encodePacket, hexEncode, type Packet, PacketDecoder, type ProtocolVersion } from '../../../host/core/index.js';
import { type Machine, run } from '../toolchain.js';

/** What the tests read of a packet that the client sent. */
function brief(packet: Packet): string {
  const { type } = packet;
  const words: (string | number)[] = [type];
  if (packet.type === 'connect') words.push(packet.cleanStart ? 'clean' : 'continue');
  if ('packetId' in packet && packet.packetId) words.push(packet.packetId);
  if (packet.type === 'publish') words.push(`qos${packet.qos}`, packet.payload.length, ...(packet.dup ? ['dup'] : []));
  if ('reasonCode' in packet && packet.reasonCode) words.push(`reason${packet.reasonCode}`);
  return words.join(' ');
}

/**
 * Follows a script of `runner/script_runner.c`: commands, and packets of the server. Returns what it printed, with the packets that were sent
 * in words.
 */
export function scripted(
  machine: Machine,
  program: string,
  version: ProtocolVersion,
  script: readonly (string | Packet)[],
): string[] {
  const lines = script.map((step) =>
    typeof step === 'string' ? step : `server ${hexEncode(encodePacket(step, version))}`,
  );
  const file = join(dirname(program), 'script');
  writeFileSync(file, `${lines.join('\n')}\n`);
  let decoder = new PacketDecoder({ protocolVersion: version });
  return run(machine, program, [String(version), 'build/core.wasm', file])
    .split('\n')
    .flatMap((line) => {
      if (line === 'open') decoder = new PacketDecoder({ protocolVersion: version });
      const [, hex] = /^sent (\w+)$/.exec(line) ?? [];
      return hex === undefined
        ? [line]
        : decoder.push(Buffer.from(hex, 'hex')).map((packet) => `sent ${brief(packet)}`);
    });
}
