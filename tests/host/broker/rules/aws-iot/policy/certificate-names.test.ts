// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables are the policies'
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import { certificateNames, PolicySet } from '../../../../../../host/broker/rules/aws-iot/policy/index.js';
import { policiesOf } from './decided-case.js';
import { allow } from './policy-cases.js';

let der: Uint8Array;

beforeAll(async () => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: '0a1b',
    subject: 'CN=one, CN=two, CN=three, CN=four, CN=five, CN=six, O=A\\, Inc., OU=Pumps, C=NL, 2.5.4.12=Chief, L=Delft',
    issuer: 'CN=Fleet CA, O=Example',
    notBefore: new Date('2026-01-01'),
    notAfter: new Date('2027-01-01'),
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'one.example.com' },
        { type: 'dns', value: 'two.example.com' },
        { type: 'email', value: 'a@example.com' },
        { type: 'url', value: 'urn:device:1' },
        { type: 'ip', value: '192.0.2.7' },
      ]),
    ],
  });
  der = new Uint8Array(certificate.rawData);
});

describe('the names of a certificate', () => {
  it.each([
    ['subject.commonname', ['one', 'two', 'three', 'four', 'five']],
    ['subject.organization', ['A\\, Inc.']],
    ['subject.organizationalunit', ['Pumps']],
    ['subject.country', ['NL']],
    ['subject.title', ['Chief']],
    ['issuer.commonname', ['Fleet CA']],
    ['subject.alternativename.dnsname', ['one.example.com', 'two.example.com']],
    ['subject.alternativename.rfc822name', ['a@example.com']],
    ['subject.alternativename.uniformresourceidentifier', ['urn:device:1']],
    ['subject.alternativename.ipaddress', ['192.0.2.7']],
    ['serialnumber', ['0A1B']],
    ['subject.locality', undefined],
  ])('%s', (name, values) => {
    expect(certificateNames(der).get(`iot:certificate.${name}`)).toEqual(values);
  });

  it('that are there are listed', () => {
    expect(certificateNames(der).get('iot:certificate.availablekeys')).toEqual([
      'iot:Certificate.Subject.CommonName',
      'iot:Certificate.Subject.Organization',
      'iot:Certificate.Subject.OrganizationalUnit',
      'iot:Certificate.Subject.Country',
      'iot:Certificate.Subject.Title',
      'iot:Certificate.Issuer.CommonName',
      'iot:Certificate.Issuer.Organization',
      'iot:Certificate.Subject.AlternativeName.DNSName',
      'iot:Certificate.Subject.AlternativeName.RFC822Name',
      'iot:Certificate.Subject.AlternativeName.UniformResourceIdentifier',
      'iot:Certificate.Subject.AlternativeName.IPAddress',
      'iot:Certificate.SerialNumber',
    ]);
  });

  it('are none for what is not a certificate', () => {
    expect(certificateNames(new Uint8Array([0x30, 0])).size).toBe(0);
  });

  it('are the values of variables', () => {
    const statement = allow(
      'iot:Publish',
      'topic/${iot:Certificate.Subject.CommonName}/${iot:Certificate.Subject.CommonName.4}',
    );
    const set = PolicySet.of(policiesOf(new Map([['device', { Version: '2012-10-17', Statement: [statement] }]])));
    const asked = (topic: string, certificate?: Uint8Array) =>
      set.decide({ action: 'iot:Publish', resource: `topic/${topic}` }, { certificate }).allowed;
    expect([asked('one/five', der), asked('one/six', der), asked('one/five')]).toEqual([true, false, false]);
  });
});
