/** The alerts of TLS (RFC 8446 6, RFC 5246 7.2, RFC 6066 9, RFC 7301 3.2). */
export const TlsAlert = {
  closeNotify: 0,
  unexpectedMessage: 10,
  badRecordMac: 20,
  recordOverflow: 22,
  handshakeFailure: 40,
  badCertificate: 42,
  unsupportedCertificate: 43,
  certificateRevoked: 44,
  certificateExpired: 45,
  certificateUnknown: 46,
  illegalParameter: 47,
  unknownCa: 48,
  accessDenied: 49,
  decodeError: 50,
  decryptError: 51,
  protocolVersion: 70,
  insufficientSecurity: 71,
  internalError: 80,
  inappropriateFallback: 86,
  userCanceled: 90,
  noRenegotiation: 100,
  missingExtension: 109,
  unsupportedExtension: 110,
  unrecognizedName: 112,
  badCertificateStatusResponse: 113,
  unknownPskIdentity: 115,
  certificateRequired: 116,
  noApplicationProtocol: 120,
} as const;

/** `alert 112, unrecognized_name`: as RFC 8446 writes it. */
export function alertName(alert: number): string {
  const name = Object.entries(TlsAlert).find(([, number]) => number === alert)?.[0];
  return `TLS alert ${alert}, ${name ? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : 'which TLS does not define'}`;
}
