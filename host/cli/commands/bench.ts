import { Command } from 'commander';
import { createColors } from 'picocolors';
import { consumed, type DerPeers, derRows, hexRows, measure, type Peer, type Result, rows } from '../../bench/index.js';
import { jsonOption } from '../options/shared-options.js';
import { UserError } from '../user-error.js';

interface Flags {
  json?: boolean;
  filter?: string;
}

const EXAMPLES = `
Example:
  wasmqtt bench --filter decode.cursor

Both sides of a row run by turns in this process; times are medians for one packet, or one text. The peer mqtt-packet
must be installed; "control" is a tight decoder in plain JavaScript that checks next to nothing, "buffer.isUtf8" is
Node's own check. Ratios are what counts: the nanoseconds depend on the machine and on what else it does.`;

export function benchCommand(): Command {
  return new Command('bench')
    .description('measure the core against mqtt-packet and plain JavaScript, side by side')
    .option('--filter <text>', 'only rows whose name holds this text')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(bench);
}

async function bench(flags: Flags): Promise<void> {
  const all = [...rows(await loadPeer()), ...hexRows(), ...derRows(await loadDerPeers())];
  const chosen = all.filter(({ bench: name }) => name.includes(flags.filter ?? ''));
  if (chosen.length === 0) {
    const names = [...new Set(all.map(({ bench: name }) => name))].join(', ');
    throw new UserError(`--filter ${flags.filter}: no row has this in its name; there are ${names}`);
  }
  const c = createColors(Boolean(process.stdout.isTTY) && !process.env.NO_COLOR);
  if (!flags.json) process.stdout.write(`${line('bench', 'peer', 'ours ns', 'peer ns', 'ratio', 'target')}\n`);
  for (const [index, row] of chosen.entries()) {
    progress(`${index + 1}/${chosen.length} ${row.bench}`);
    const result = measure(row);
    progress('');
    process.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : `${textOf(result, c)}\n`);
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

/** The peers of the DER rows; what is not installed is named, and its rows are left out. */
async function loadDerPeers(): Promise<DerPeers> {
  // An extension of tsyringe, which @peculiar/x509 uses, must be there first.
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

/** One line on a terminal's standard error that the next one replaces. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

function line(bench: string, peer: string, ours: string, theirs: string, ratio: string, target: string): string {
  return `${bench.padEnd(24)} ${peer.padEnd(12)} ${ours.padStart(9)} ${theirs.padStart(9)} ${ratio.padStart(7)} ${target.padStart(7)}`;
}

function textOf(result: Result, c: ReturnType<typeof createColors>): string {
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
  return ratio >= target ? c.green(text) : c.yellow(text);
}
