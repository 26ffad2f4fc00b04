import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openCloud } from '../cloud-rig.js';
import { operationsOf, readDocument } from './openapi-document.js';

const document = readDocument();

describe('the OpenAPI document', () => {
  it('is served to everybody, and is the one of the package', async () => {
    const { cloud } = await openCloud();
    const response = await fetch(`${cloud.url}/v1/openapi.json`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(await response.json()).toEqual(document);
    expect(JSON.parse(readFileSync('package.json', 'utf8')).exports['./openapi.json']).toBe(
      './build/host/openapi.json',
    );
  });

  it('is of OpenAPI 3.1, and asks for HTTP basic authentication', () => {
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'wasmqtt cloud' },
      security: [{ basic: [] }],
      components: { securitySchemes: { basic: { type: 'http', scheme: 'basic' } } },
    });
  });

  it('names each call once, and every schema that it refers to is there', () => {
    const ids = operationsOf(document).map(({ operationId }) => operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(ids.every((id) => /^(List|Create|Fetch|Update|Delete)[A-Z]\w+$/.test(id))).toBe(true);
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(([, ref]) => ref);
    const schemas = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect([...new Set(refs)].filter((ref) => !schemas.includes(ref))).toEqual([]);
  });

  it('holds the value of a secret in what is sent alone', () => {
    expect(Object.keys(document.components.schemas.Secret.properties ?? {})).not.toContain('value');
  });

  it('describes calls that the server knows: none of them is not found', async () => {
    const { call, cloud } = await openCloud();
    for (const { method, path } of operationsOf(document)) {
      const { json } = await call(method, `${cloud.url}${path.replace(/\{\w+\}/g, 'x')}`);
      expect(json?.message ?? '').not.toContain('see the calls under /v1');
    }
  });
});
