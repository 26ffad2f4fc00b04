import { dirname, join } from 'node:path';
import type { JsonNode } from '../policy/document/json-text.js';
import { at } from '../policy/document/json-text.js';
import type { NamedPolicy, PlacedText } from '../policy/document/policy-document.js';
import { readPolicy } from '../policy/document/read-policy.js';
import { type FileMistake, PlacedJson } from './placed-json.js';
import type { RegistryFiles } from './registry-files.js';
import type { CertificateStatus, RegisteredCertificate, RegisteredThing, RegistryContent } from './thing-registry.js';

/** A thing name, a group name, an attribute (API: CreateThing). */
const NAME = /^[a-zA-Z0-9:_-]{1,128}$/;
const ATTRIBUTE = /^[a-zA-Z0-9_.,@/:#=[\]-]*$/;
const STATUSES = ['ACTIVE', 'INACTIVE', 'REVOKED'] as const;
/** Attributes of a thing with a type, and of one without (quotas). */
const ATTRIBUTES = { typed: 50, untyped: 3 };
/** Names that a mistake lists: a fleet has thousands, and may have as many mistakes. */
const MOST_NAMED = 10;
/** Policies of a certificate (quotas). */
const POLICIES = 10;

/**
 * Reads a file of things, certificates, groups and policies. Paths in it are relative to its folder.
 *
 * @param mistakes takes all that is wrong, here and in the policies
 */
export function readThings(file: string, text: string, files: RegistryFiles, mistakes: FileMistake[]): RegistryContent {
  return new ThingsReader(new PlacedJson(file, text, mistakes), files, mistakes).read();
}

class ThingsReader {
  readonly #json: PlacedJson;
  readonly #files: RegistryFiles;
  readonly #mistakes: FileMistake[];
  readonly #policies = new Map<string, NamedPolicy | undefined>();
  readonly #groups = new Map<string, readonly string[]>();
  readonly #certificates = new Map<string, RegisteredCertificate>();
  /** Ids by the names that the file has for certificates. */
  readonly #ids = new Map<string, string>();
  readonly #things = new Map<string, RegisteredThing>();
  /** Things by the ids of certificates that are attached to them, and to them alone. */
  readonly #owners = new Map<string, string>();
  readonly #exclusiveOwners = new Map<string, string>();

  constructor(json: PlacedJson, files: RegistryFiles, mistakes: FileMistake[]) {
    this.#json = json;
    this.#files = files;
    this.#mistakes = mistakes;
  }

  read(): RegistryContent {
    const names = ['policies', 'groups', 'certificates', 'things'] as const;
    const { policies, groups, certificates, things } = this.#json.fields(this.#json.root, 'the file', names);
    for (const [name, node] of this.#json.members(policies, '"policies"')) this.#policy(name, node);
    for (const [name, node] of this.#json.members(groups, '"groups"')) this.#group(name, node);
    for (const [name, node] of this.#json.members(certificates, '"certificates"')) this.#certificate(name, node);
    for (const [name, node] of this.#json.members(things, '"things"')) this.#thing(name, node);
    const usable = [...this.#policies].flatMap(([name, policy]) => (policy ? [[name, policy] as const] : []));
    return {
      policies: new Map(usable),
      groups: this.#groups,
      certificates: this.#certificates,
      things: this.#things,
    };
  }

  #policy(name: PlacedText, node: JsonNode): void {
    const path = this.#json.text(node, 'a policy names its file: it');
    // Known even if it cannot be read: its uses are no mistakes.
    this.#policies.set(name.text, undefined);
    if (!path) return;
    const file = join(dirname(this.#json.file), path.text);
    const read = this.#files.text(file);
    if ('problem' in read) {
      this.#json.report(path.at, read.problem);
      return;
    }
    const { policy, mistakes } = readPolicy(name.text, read.text);
    for (const { line, column, rule, message } of mistakes) {
      if (rule === 'name') this.#json.report(name.at, message);
      else this.#mistakes.push({ file, line, column, message });
    }
    this.#policies.set(name.text, policy);
  }

  #group(name: PlacedText, node: JsonNode): void {
    this.#checkName(name, 'a group');
    const { policies } = this.#json.fields(node, `the group ${name.text}`, ['policies']);
    this.#groups.set(name.text, this.#policyNames(policies));
  }

  #certificate(name: PlacedText, node: JsonNode): void {
    const what = `the certificate ${name.text}`;
    const fields = this.#json.fields(node, what, ['file', 'certificateId', 'status', 'policies']);
    const id = this.#idOf(name, fields.file, fields.certificateId);
    const status = this.#json.text(fields.status, 'status');
    if (status && !isStatus(status.text)) {
      this.#json.report(status.at, `status is ${JSON.stringify(status.text)}; use ${STATUSES.join(', ')}`);
    }
    const policies = this.#policyNames(fields.policies);
    if (policies.length > POLICIES) {
      this.#json.report(at(fields.policies!), `${policies.length} policies; AWS attaches ${POLICIES} to a certificate`);
    }
    // Its name is known even if it cannot be read.
    this.#ids.set(name.text, id ?? '');
    if (id === undefined) return;
    if (this.#certificates.has(id)) {
      this.#json.report(name.at, `${what} is there twice, under two names; keep one of them`);
    }
    const known = status && isStatus(status.text) ? status.text : 'ACTIVE';
    this.#certificates.set(id, { id, status: known, policies });
  }

  #idOf(name: PlacedText, file: JsonNode | undefined, certificateId: JsonNode | undefined): string | undefined {
    if (file && certificateId) {
      this.#json.report(at(certificateId), `file and certificateId exclude each other; leave one of them out`);
    }
    if (file) {
      const path = this.#json.text(file, 'file');
      if (!path) return undefined;
      const found = this.#files.certificateId(join(dirname(this.#json.file), path.text));
      if ('id' in found) return found.id;
      this.#json.report(path.at, found.problem);
      return undefined;
    }
    const id = certificateId ? this.#json.text(certificateId, 'certificateId') : name;
    if (id && /^[0-9a-fA-F]{64}$/.test(id.text)) return id.text.toLowerCase();
    const advice = 'a certificate has a file, or a certificateId: the 64 hex digits of its SHA-256';
    if (id) this.#json.report(id.at, `${JSON.stringify(id.text)} is no id of a certificate; ${advice}`);
    return undefined;
  }

  #thing(name: PlacedText, node: JsonNode): void {
    this.#checkName(name, 'a thing');
    const names = ['type', 'attributes', 'groups', 'certificates', 'exclusiveCertificates'] as const;
    const fields = this.#json.fields(node, `the thing ${name.text}`, names);
    const typeName = this.#json.text(fields.type, 'type')?.text;
    const groups = this.#json.texts(fields.groups, 'a group').filter((group) => {
      return this.#exists(group, 'group', this.#groups);
    });
    const exclusive = this.#attached(fields.exclusiveCertificates);
    const certificates = [...this.#attached(fields.certificates), ...exclusive];
    this.#checkExclusive(name, certificates, exclusive);
    this.#things.set(name.text, {
      name: name.text,
      typeName,
      attributes: this.#attributes(fields.attributes, typeName),
      groups: groups.map(({ text }) => text),
      certificates,
      exclusive,
    });
  }

  #attributes(node: JsonNode | undefined, typeName: string | undefined): Record<string, string> {
    const members = this.#json.members(node, '"attributes"');
    const most = typeName === undefined ? ATTRIBUTES.untyped : ATTRIBUTES.typed;
    if (members.length > most) {
      const advice = typeName === undefined ? '; with a type it may have 50' : '';
      this.#json.report(members[most][0].at, `a thing has at most ${most} attributes${advice}`);
    }
    const entries = members.flatMap(([name, value]) => {
      this.#checkName(name, 'an attribute');
      const text = this.#json.text(value, `the attribute ${name.text}`);
      if (text && !(ATTRIBUTE.test(text.text) && text.text.length <= 800)) {
        this.#json.report(text.at, 'the value of an attribute has at most 800 letters, digits and _.,@/:#=[]-');
      }
      return text ? [[name.text, text.text] as const] : [];
    });
    return Object.fromEntries(entries);
  }

  /** Ids of certificates, by their names in this file. */
  #attached(node: JsonNode | undefined): string[] {
    const named = this.#json.texts(node, 'a certificate');
    const known = named.filter((each) => {
      return this.#exists(each, 'certificate', this.#ids);
    });
    return known.map(({ text }) => this.#ids.get(text)!).filter((id) => id !== '');
  }

  /** A certificate that stands for one thing alone cannot be attached to another. */
  #checkExclusive(name: PlacedText, all: readonly string[], own: readonly string[]): void {
    const other =
      own.map((id) => this.#owners.get(id)).find((owner) => owner !== undefined) ??
      all.map((id) => this.#exclusiveOwners.get(id)).find((owner) => owner !== undefined);
    if (other !== undefined)
      this.#json.report(name.at, `an exclusive certificate is attached to ${other} and to ${name.text}; keep one`);
    for (const id of all) this.#owners.set(id, name.text);
    for (const id of own) this.#exclusiveOwners.set(id, name.text);
  }

  #policyNames(node: JsonNode | undefined): string[] {
    const named = this.#json.texts(node, 'a policy');
    const known = named.filter((each) => {
      return this.#exists(each, 'policy', this.#policies);
    });
    return known.map(({ text }) => text).filter((text) => this.#policies.get(text) !== undefined);
  }

  #exists({ text, at: place }: PlacedText, what: string, known: ReadonlyMap<string, unknown>): boolean {
    if (known.has(text)) return true;
    this.#json.report(place, `there is no ${what} ${JSON.stringify(text)}; ${listed(known)}`);
    return false;
  }

  #checkName({ text, at: place }: PlacedText, what: string): void {
    if (NAME.test(text)) return;
    this.#json.report(place, `${JSON.stringify(text)} is not the name of ${what}: 1 to 128 letters, digits and :_-`);
  }
}

function listed(known: ReadonlyMap<string, unknown>): string {
  const names: string[] = [];
  for (const name of known.keys()) {
    if (names.length === MOST_NAMED) return `there are ${names.join(', ')} and ${known.size - MOST_NAMED} more`;
    names.push(name);
  }
  return names.length === 0 ? 'the file has none' : `there are ${names.join(', ')}`;
}

function isStatus(text: string): text is CertificateStatus {
  return (STATUSES as readonly string[]).includes(text);
}
