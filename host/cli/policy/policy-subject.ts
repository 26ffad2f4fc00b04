import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Home, loadRegistry, type PolicyContext, PolicySet, type ThingRegistry } from '../../broker/index.js';
import { isPem, type PemBlock, readCertificate, readPem } from '../../core/index.js';
import { reasonOf } from '../../node/reason.js';
import { UsageError } from '../process/user-error.js';
import type { PolicyReport } from './policy-events.js';
import { readPolicyFiles, refuse } from './policy-files.js';

export interface SubjectFlags {
  policy: string[];
  thing?: string;
  things?: string;
  clientId?: string;
  certificate?: string;
  sourceIp?: string;
  domainName?: string;
  region?: string;
  account?: string;
}

/** Who asks, by client id. */
export interface Subject {
  readonly policies: PolicySet;
  readonly context: PolicyContext;
}

/** A certificate that is not named: the policies and the thing are attached to it. */
const UNNAMED = '0'.repeat(64);

/**
 * Policies and context of a client, from options: policies of --policy are attached to the certificate, as is --thing; --things is the
 * registry.
 *
 * @returns for a client id, undefined for that of the options
 * @throws UsageError for files that cannot be used
 */
export function subjectOf(flags: SubjectFlags, report: PolicyReport): (clientId?: string) => Subject {
  const der = flags.certificate === undefined ? undefined : certificateIn(flags.certificate);
  const own = der ? createHash('sha256').update(der).digest('hex') : undefined;
  const policies = readPolicyFiles(flags.policy, report);
  const registry = flags.things === undefined && flags.thing === undefined ? undefined : registryOf(flags, own, report);
  return (named) => {
    const clientId = named ?? flags.clientId ?? flags.thing;
    const certificateId = own ?? certificateOf(registry, clientId) ?? UNNAMED;
    const standing = registry?.standingOf(clientId ?? '', certificateId);
    const { sourceIp, domainName } = flags;
    const attached = flags.things === undefined ? [] : (standing?.policies.policies ?? []);
    const others = attached.filter(({ name }) => ![...policies.values()].some((policy) => policy.name === name));
    return {
      policies: PolicySet.of([...policies.values(), ...others], homeOf(flags)),
      context: {
        clientId,
        sourceIp,
        domainName,
        certificateId: certificateId === UNNAMED ? undefined : certificateId,
        certificate: der,
        thing: standing?.thing,
        attachedThings: standing?.attachedThings,
      },
    };
  };
}

export function homeOf({ region, account }: Pick<SubjectFlags, 'region' | 'account'>): Partial<Home> {
  return { ...(region !== undefined && { region }), ...(account !== undefined && { account }) };
}

function registryOf({ thing, things }: SubjectFlags, own: string | undefined, report: PolicyReport): ThingRegistry {
  const certificates = thing === undefined && own === undefined ? [] : [own ?? UNNAMED];
  const { registry, mistakes } = loadRegistry({ things, thing, policies: [], certificates }, (path) =>
    readFileSync(path),
  );
  refuse(mistakes, report, 'the things cannot be used');
  return registry!;
}

/** That of the thing with this name. */
function certificateOf(registry: ThingRegistry | undefined, clientId: string | undefined): string | undefined {
  return clientId === undefined ? undefined : registry?.things.get(clientId)?.certificates.at(0);
}

/** The DER of the first certificate in a file. @throws UsageError */
function certificateIn(file: string): Uint8Array {
  try {
    const bytes = readFileSync(file);
    const block = isPem(bytes) ? readPem(bytes.toString('latin1')).blocks.find(isCertificate) : undefined;
    const der = block ? Buffer.from(block.text.replaceAll(/-----[^-]*-----/g, ''), 'base64') : bytes;
    readCertificate(der);
    return der;
  } catch (error) {
    throw new UsageError(`${file} is not a certificate in PEM or DER that can be read: ${reasonOf(error)}`);
  }
}

const isCertificate = ({ label }: PemBlock) => label === 'CERTIFICATE';
