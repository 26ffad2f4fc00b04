import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestProblem } from '../../../../http/request-problem.js';
import type { DojotPki } from '../../pki.js';
import { base64Lines } from './base64-text.js';

/** CAs and their CRLs. */
export function authorityRoutes(app: FastifyInstance, { authorities, crls }: DojotPki): void {
  const authorityIn = async (request: FastifyRequest) => {
    const { ca } = request.params as { ca: string };
    const authority = await authorities.find(ca);
    if (authority === undefined) throw new RequestProblem(400, `CA with name ${ca} does not exist.`);
    return { ca, authority };
  };

  app.get('/ca', async () => {
    const names = await authorities.names();
    return { CAs: names.map((name, index) => ({ id: index + 1, name })) };
  });

  app.get('/ca/:ca', async (request) => {
    const { authority } = await authorityIn(request);
    return { certificate: base64Lines(authority.certificate) };
  });

  app.get('/ca/:ca/crl', async (request) => {
    const { ca, authority } = await authorityIn(request);
    const { update, delta } = request.query as { update?: string; delta?: string };
    if (delta === 'true')
      throw new RequestProblem(400, 'there are no delta CRLs here; ask without delta for a whole one');
    const crl = update === 'true' ? await crls.renew(ca, authority) : await crls.current(ca, authority);
    return { CRL: crl.toString('base64') };
  });

  app.put('/ca/:ca/crl', async (request, reply) => {
    const { ca, authority } = await authorityIn(request);
    await crls.renew(ca, authority);
    return reply
      .code(201)
      .header('location', `/ca/${encodeURIComponent(ca)}/crl`)
      .send({ response: 'CRL Created' });
  });
}
