import type * as core from '../../../../host/core/index.js';

/**
 * Uses a little of everything. Each engine must return the same.
 *
 * @param der a certificate in hex digits
 */
export function smallProgram(wasmqtt: typeof core, der: string): string {
  const { ClientSession, encodePacket, hexDecode, hexEncode, PacketDecoder, readCertificate } = wasmqtt;
  const lines: unknown[] = [];
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

  const topic = 'plant/käse/温度/🌡';
  const payload = new TextEncoder().encode('21.5 °C');
  const properties = { contentType: 'text/plain', userProperty: [['ключ', 'value']] as [string, string][] };
  const publish = {
    type: 'publish',
    topic,
    payload,
    qos: 1,
    packetId: 7,
    retain: false,
    dup: false,
    properties,
  } as const;
  const bytes = encodePacket(publish, 5);
  lines.push(hexEncode(bytes));
  const decoder = new PacketDecoder({ protocolVersion: 5 });
  for (const part of [bytes.subarray(0, 5), bytes.subarray(5)]) {
    for (const packet of decoder.push(part))
      lines.push(packet.type === 'publish' ? { ...packet, payload: text(packet.payload) } : packet);
  }
  const many = encodePacket({ ...publish, payload: new Uint8Array(100_000), topic: 'x'.repeat(300) }, 5);
  lines.push(
    decoder.push(many).map((packet) => packet.type === 'publish' && [packet.topic.length, packet.payload.length]),
  );
  try {
    decoder.push(Uint8Array.of(0xf1, 0));
  } catch (error) {
    lines.push([(error as Error).name, (error as Error).message]);
  }

  const { issuerCN, serialNumber, notAfter, publicKeyAlgorithm, subjectAltName, subjectPublicKeyInfo } =
    readCertificate(hexDecode(der));
  lines.push({
    issuerCN,
    serialNumber,
    notAfter,
    publicKeyAlgorithm,
    subjectAltName,
    key: hexEncode(subjectPublicKeyInfo),
  });
  lines.push(wasmqtt.nameText(readCertificate(hexDecode(der)).subjectRaw));
  lines.push(wasmqtt.pemOf('CERTIFICATE', hexDecode(der)).length);

  lines.push([hexDecode('00FFab').join(), hexEncode(hexDecode('5a'.repeat(400))).length]);
  try {
    hexDecode('0g');
  } catch (error) {
    lines.push([(error as Error).name, (error as Error).message]);
  }

  const session = new ClientSession({ sendCapacity: 2 });
  session.send({ type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 60, clientId: 'é' }, 0);
  const events = session.receive(
    encodePacket({ type: 'connack', sessionPresent: false, reasonCode: 0, properties: {} }, 5),
    10,
  );
  const id = session.send({ ...publish, packetId: undefined as never }, 20);
  const acknowledged = session.receive(
    encodePacket({ type: 'puback', packetId: id, reasonCode: 0, properties: {} }, 5),
    30,
  );
  lines.push(
    [...events, ...acknowledged].map(({ type }) => type),
    session.takeOutput().map((output) => hexEncode(output)),
    [session.state, session.nextDeadline(30), session.save().length],
  );
  return JSON.stringify(lines, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
}
