import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { AclOwners } from '../../../../host/dojot/certificates/certificate-owners.js';
import { EjbcaPki } from '../../../../host/dojot/certificates/ejbca-pki.js';
import { IdentityPki } from '../../../../host/dojot/certificates/identity-pki.js';
import { derIn, JsonServer } from '../../../../host/dojot/certificates/json-call.js';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that misbehaves as the test wants it to; returns its address. */
async function serving(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a PKI', () => {
  it.each([
    ['that answers an error', 400, '{"message":"CA with name X does not exist."}', /status 400: .*does not exist/],
    ['that answers no JSON', 200, '<html>', /the answer has no certificate: <html>/],
    ['that answers other JSON', 200, '{"certificates":1}', /the answer has no certificate: \{"certificates":1\}/],
    ['that answers null', 200, 'null', /the answer has no certificate: null/],
    ['that answers nothing', 200, '', /the answer has no certificate: nothing/],
    ['that answers no base64', 200, '{"certificate":"é"}', /the certificate of the CA is neither base64 nor PEM: é/],
    ['that sends one on', 302, '', /redirect/],
  ])('%s is an error that says so', async (_, status, body, reason) => {
    const address = await serving((_request, response) => {
      response.writeHead(status, { location: '/x' }).end(body);
    });
    const pki = new EjbcaPki(new JsonServer(address, 5000), 'IOTmidCA');
    await expect(pki.authority()).rejects.toThrow(reason);
    await expect(pki.authority()).rejects.toThrow(
      /^GET http:\/\/127.0.0.1:\d+\/ca\/IOTmidCA: |^the certificate of the CA/,
    );
  });

  it('that does not answer is an error after its time', async () => {
    const address = await serving(() => {});
    const pki = new IdentityPki(new JsonServer(address, 50), 'vernemq');
    await expect(pki.ready()).rejects.toThrow('/healthcheck: no answer within 0.05 s');
  });

  it('that does not answer keeps nobody who ends the calls', async () => {
    const address = await serving(() => {});
    const pki = new EjbcaPki(new JsonServer(address, 60_000), 'IOTmidCA');
    const call = pki.ready();
    pki.close();
    await expect(call).rejects.toThrow('/ejbca/version: the service ends');
    await expect(pki.authority()).rejects.toThrow('the service ends');
  });

  it('that cannot be reached is an error with the address', async () => {
    const address = await serving(() => {});
    server!.close();
    const pki = new EjbcaPki(new JsonServer(address, 5000), 'IOTmidCA');
    await expect(pki.ready()).rejects.toThrow(/^GET http:\/\/127.0.0.1:\d+\/ejbca\/version: connect ECONNREFUSED/);
  });

  it('that is not well is not ready', async () => {
    const address = await serving((_request, response) => response.end('{"status":"unhealthy"}'));
    await expect(new IdentityPki(new JsonServer(address, 5000), 'vernemq').ready()).rejects.toThrow('is unhealthy');
  });

  it('that never ends its answer is cut off', async () => {
    const address = await serving((_request, response) => {
      const more = () => {
        while (response.write(Buffer.alloc(1_000_000, 'x'))) {}
      };
      response.on('drain', more);
      more();
    });
    const pki = new EjbcaPki(new JsonServer(address, 20_000), 'IOTmidCA');
    await expect(pki.revocationList()).rejects.toThrow('an answer of more than 33554432 bytes');
  });
});

it('an answer that is nested deep, for which V8 could take gigabytes, is not read', async () => {
  const address = await serving((_request, response) =>
    response.end(`{"CRL":"AAAA","more":${'['.repeat(40)}${']'.repeat(40)}}`),
  );
  const pki = new EjbcaPki(new JsonServer(address, 5000), 'IOTmidCA');
  await expect(pki.revocationList()).rejects.toThrow('the answer has no CRL');
});

describe('the owner of a certificate', () => {
  const owners = async (status: number, body: string, seen: string[] = []) => {
    const address = await serving((request, response) => {
      seen.push(request.url!);
      response.writeHead(status).end(body);
    });
    return new AclOwners(new URL(`${address}/internal/api/v1/acl-entries`), 1000);
  };
  const certificate = { fingerprint: '00ab'.repeat(16) };

  it('is asked for by its fingerprint, and is a text of JSON', async () => {
    const seen: string[] = [];
    expect(await (await owners(200, '"admin:a1998e"', seen)).ownerOf(certificate)).toBe('admin:a1998e');
    expect(seen).toEqual([`/internal/api/v1/acl-entries/${Array(16).fill('00:AB').join(':')}`]);
  });

  it('is nobody when there is no entry', async () => {
    expect(await (await owners(404, '{}')).ownerOf(certificate)).toBeUndefined();
  });

  it.each([
    [200, 'admin:a'],
    [200, '{"owner":1}'],
    [200, '""'],
    [500, '"admin:a"'],
  ])('is not known after status %i with %s', async (status, body) => {
    await expect((await owners(status, body)).ownerOf(certificate)).rejects.toThrow(`status ${status}`);
  });
});

it('DER comes as base64 in one line, in lines, and as PEM', () => {
  const der = Buffer.from([0x30, 3, 2, 1, 5]);
  const base64 = der.toString('base64');
  for (const text of [
    base64,
    `${base64.slice(0, 4)}\r\n${base64.slice(4)}\n`,
    `-----BEGIN X-----\n${base64}\n-----END X-----\n`,
  ]) {
    expect(derIn(text, 'it')).toEqual(der);
  }
});
