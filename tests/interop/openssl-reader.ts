import { spawn } from 'node:child_process';
import type { Sample } from './corpus.js';

/** What openssl says about one structure. */
export interface OpensslReading {
  accepts: boolean;
  /** For a CRL its fields, for a certificate its extensions; else empty. */
  text: string;
}

const EXTENSIONS = 'basicConstraints,keyUsage,subjectKeyIdentifier,authorityKeyIdentifier,crlDistributionPoints';
/** Processes at a time. */
const PARALLEL = 2;

function argumentsFor({ kind, isEncrypted }: Sample): string[] {
  // Without its password only the outer shape of an encrypted key can be read, by openssl as by us.
  if (isEncrypted) return ['asn1parse', '-inform', 'DER', '-noout'];
  const shown = { x509: ['-ext', EXTENSIONS], crl: ['-text'], req: [], pkey: [] }[kind];
  return [kind, '-inform', 'DER', '-noout', ...shown];
}

function run(args: string[], input: Buffer): Promise<OpensslReading> {
  return new Promise((resolve, reject) => {
    const child = spawn('openssl', args, { stdio: ['pipe', 'pipe', 'ignore'] });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    // It may end before it has read all.
    child.stdin.on('error', () => {});
    child.on('error', reject);
    child.on('close', (code) => resolve({ accepts: code === 0, text: Buffer.concat(output).toString() }));
    child.stdin.end(input);
  });
}

/** Reads all of them with one openssl process for each different one. */
export async function readWithOpenssl(samples: Sample[]): Promise<Map<Sample, OpensslReading>> {
  const readings = new Map<string, OpensslReading>();
  const key = ({ kind, der }: Sample) => kind + der.toString('latin1');
  const queue = [...new Map(samples.map((sample) => [key(sample), sample])).values()];
  const worker = async () => {
    for (let sample = queue.pop(); sample; sample = queue.pop()) {
      readings.set(key(sample), await run(argumentsFor(sample), sample.der));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return new Map(samples.map((sample) => [sample, readings.get(key(sample)) as OpensslReading]));
}
