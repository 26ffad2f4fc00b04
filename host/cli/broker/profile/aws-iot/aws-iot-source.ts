import { type LoadedRegistry, loadRegistry, startAwsIotBroker, type ThingRegistry } from '../../../../broker/index.js';
import { readRegularFile } from '../../../../node/files/regular-file.js';
import { ensureServerPki } from '../../../../pki/index.js';
import type { BrokerSource, Note, Report, RunningSource, Surroundings } from '../../source/broker-source.js';
import type { ProfileFlags } from '../profile.js';
import { profileLog } from '../profile-log.js';
import { openStateStore } from '../state-store.js';
import { type AwsIotFlags, awsIotFlags } from './aws-iot-flags.js';
import { refusalEvent, refusalNote } from './refusal-event.js';
import { registryOf } from './registry-of.js';
import { RunningAwsIot } from './running-aws-iot.js';
import { type ThingCertificate, thingCertificate } from './thing-certificate.js';

/** @throws UsageError for options that do not go together; ConfigError with all mistakes of the files */
export function openAwsIot(flags: ProfileFlags): BrokerSource {
  return new AwsIotSource(awsIotFlags(flags), flags);
}

/** A broker that does as AWS IoT Core does, of the options of the profile. */
class AwsIotSource implements BrokerSource {
  readonly log: BrokerSource['log'];
  readonly notes: readonly Note[] = [];
  readonly #options: AwsIotFlags;
  /** As the files were when the program started. */
  readonly #first: ThingRegistry;

  constructor(options: AwsIotFlags, flags: ProfileFlags) {
    this.log = profileLog(flags);
    this.#options = options;
    this.#first = registryOf(load(options, undefined));
  }

  report(): Report {
    const { things, policies } = this.#first;
    const lines = [
      ...[...policies.values()].map(({ name, statements }) => {
        return `policy       ${name}: ${counted(statements.length, 'statement')}`;
      }),
      ...[...things.values()].map(({ name, certificates, groups }) => {
        const own = name === this.#options.thing && this.#options.certificateFiles.length === 0 ? 1 : 0;
        const count = counted(certificates.length + own, 'certificate');
        return `thing        ${name}: ${count}${groups.length > 0 ? `, in ${groups.join(', ')}` : ''}`;
      }),
    ];
    const plan = { things: [...things.values()], policies: [...policies.keys()] };
    return { warnings: [], lines, events: [{ event: 'plan', plan }] };
  }

  async start(surroundings: Surroundings): Promise<RunningSource> {
    const { tell, persistence, onCommit, logOccasional, taps } = surroundings;
    const { pki: folder, ports, alpnPorts, limitRates } = this.#options;
    const { server, ca } = await ensureServerPki(folder);
    const own = await thingCertificate(this.#options);
    if (own) tell({ event: 'thing', ...own }, thingNote(own));
    const read = () => load(this.#options, own?.id);
    const loaded = read();
    const registry = registryOf(loaded);
    const store = openStateStore(this.#options.state, 'aws-iot', persistence, onCommit);
    const running = await startAwsIotBroker({
      registry,
      // Devices get the CA with it, where they want the whole chain.
      tls: { cert: `${server.certificatePem}${ca.certificatePem}`, key: server.privateKeyPem },
      ports,
      alpnPorts,
      limitRates,
      store,
      onRefusal: (refusal) => tell(refusalEvent(refusal), refusalNote(refusal)),
      logOccasional,
      taps,
    });
    return new RunningAwsIot(running, read, loaded.files, { log: this.log, tell, store });
  }
}

/** @param own the id of the thing's certificate in the PKI, if it is there */
function load({ things, thing, policies, certificateFiles }: AwsIotFlags, own: string | undefined): LoadedRegistry {
  const certificates = own === undefined ? [] : [own];
  return loadRegistry({ things, thing, policies, certificates, certificateFiles }, readRegularFile);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function thingNote({ name, certificate, key, ca }: ThingCertificate): Note {
  return { type: 'notice', text: `Thing ${name}: certificate ${certificate}, key ${key}, CA ${ca}.` };
}
