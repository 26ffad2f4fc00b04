/** Packages that are measured beside ours. They come with a clone of the project, and are none of its dependencies. */
export const PEER_PACKAGES: readonly string[] = [
  'mqtt-packet',
  '@sap/xb-msg-mqtt-v311',
  'u8-mqtt-packet',
  'node-forge',
  '@peculiar/x509',
  'asn1js',
];

/**
 * What a package exports.
 *
 * @param file the package, or a file of it
 */
export async function loadPeer<Exports>(file: string): Promise<Exports> {
  // tsyringe, which @peculiar/x509 uses, needs this before it is loaded.
  if (file === '@peculiar/x509') await import('reflect-metadata');
  const exports = await import(file);
  return exports.default ?? exports;
}

/** Those of the packages that cannot be found from here. */
export function missingPeers(peers: Iterable<string>): string[] {
  return [...peers].filter((peer) => {
    if (!PEER_PACKAGES.includes(peer)) return false;
    try {
      import.meta.resolve(peer);
      return false;
    } catch {
      return true;
    }
  });
}
