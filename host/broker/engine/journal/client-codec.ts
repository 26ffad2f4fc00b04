import type { ProtocolVersion } from '../../../core/index.js';
import type { ClientCertificate } from '../rules.js';
import type { FieldReader, FieldWriter } from './field-codec.js';
import type { ClientValue } from './journal-record.js';

/** In the byte of the protocol version, as bridges send it. */
const BRIDGE = 0x80;

export function writeClient(writer: FieldWriter, client: ClientValue): void {
  const { clientId, userName, certificate, remote, protocolVersion, isBridge, listener } = client;
  writer.text(clientId);
  writer.optional(userName, (value) => writer.text(value));
  writer.optional(certificate, (value) => writeCertificate(writer, value));
  writer.text(remote);
  writer.byte(protocolVersion + (isBridge ? BRIDGE : 0));
  writer.text(listener);
}

export function readClient(r: FieldReader): ClientValue {
  const clientId = r.text();
  const userName = r.optional(() => r.text());
  const certificate = r.optional(() => readCertificate(r));
  const [remote, version, listener] = [r.text(), r.byte(), r.text()];
  const protocolVersion = (version & ~BRIDGE) as ProtocolVersion;
  const isBridge = (version & BRIDGE) !== 0;
  return { clientId, userName, certificate, remote, protocolVersion, listener, ...(isBridge && { isBridge }) };
}

function writeCertificate(writer: FieldWriter, certificate: ClientCertificate): void {
  writer.bytes(certificate.der);
  writer.optional(certificate.commonName, (value) => writer.text(value));
  writer.text(certificate.subject);
  writer.text(certificate.fingerprint);
  writer.text(certificate.serialNumber);
  writer.list(certificate.subjectAltNames, (value) => writer.text(value));
}

function readCertificate(r: FieldReader): ClientCertificate {
  return {
    der: r.bytes(),
    commonName: r.optional(() => r.text()),
    subject: r.text(),
    fingerprint: r.text(),
    serialNumber: r.text(),
    subjectAltNames: r.list(() => r.text()),
  };
}
