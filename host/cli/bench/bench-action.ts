import {
  consumed,
  type DerPeers,
  derRows,
  guestRows,
  hexRows,
  measure,
  type Peer,
  policyRows,
  type Result,
  rows,
  shimRows,
} from '../../bench/index.js';
import { type Colours, coloursFor } from '../output/colours.js';
import { progress } from '../output/progress.js';
import { UserError } from '../process/user-error.js';

export interface BenchFlags {
  json?: boolean;
  filter?: string;
  broker?: boolean;
}

/** `wasmqtt bench`. @throws UserError when no row is left, or the peer is missing */
export async function benchAction(flags: BenchFlags): Promise<void> {
  const all = [
    ...rows(await loadPeer()),
    ...hexRows(),
    ...derRows(await loadDerPeers()),
    ...shimRows(),
    ...(await guestRows()),
    ...policyRows(),
  ];
  const chosen = all.filter(({ bench: name }) => name.includes(flags.filter ?? ''));
  if (chosen.length === 0) {
    const names = [...new Set(all.map(({ bench: name }) => name))].join(', ');
    throw new UserError(`--filter ${flags.filter}: no row has this in its name; there are ${names}`);
  }
  const colours = coloursFor(process.stdout);
  if (!flags.json) process.stdout.write(`${line('bench', 'peer', 'ours ns', 'peer ns', 'ratio', 'target')}\n`);
  for (const [index, row] of chosen.entries()) {
    progress(`${index + 1}/${chosen.length} ${row.bench}`);
    const result = measure(row);
    progress('');
    process.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : `${rowText(result, colours)}\n`);
  }
  if (consumed() === 0) throw new Error('the benchmark did nothing');
}

async function loadPeer(): Promise<Peer> {
  try {
    return (await import('mqtt-packet')).default as unknown as Peer;
  } catch {
    throw new UserError(
      'the peer mqtt-packet is not installed; run "npm install --no-save mqtt-packet@9" and try again',
    );
  }
}

/** The peers of the DER rows. One that is not installed is named, and its rows are left out. */
async function loadDerPeers(): Promise<DerPeers> {
  // tsyringe, which @peculiar/x509 uses, needs this before it is loaded.
  await import('reflect-metadata');
  const peers: Record<string, unknown> = {};
  for (const name of ['node-forge', '@peculiar/x509', 'asn1js']) {
    try {
      const peer = await import(name);
      peers[name] = peer.default ?? peer;
    } catch {
      process.stderr.write(`the peer ${name} is not installed: its rows are left out; npm install --no-save ${name}\n`);
    }
  }
  return peers;
}

function line(bench: string, peer: string, ours: string, theirs: string, ratio: string, target: string): string {
  return `${bench.padEnd(30)} ${peer.padEnd(12)} ${ours.padStart(9)} ${theirs.padStart(9)} ${ratio.padStart(7)} ${target.padStart(7)}`;
}

function rowText(result: Result, colours: Colours): string {
  const { bench, peer, ours_ns, peer_ns, ratio, target } = result;
  const text = line(
    bench,
    peer,
    String(ours_ns),
    String(peer_ns),
    String(ratio),
    target === null ? '' : String(target),
  );
  if (target === null) return text;
  return ratio >= target ? colours.green(text) : colours.yellow(text);
}
