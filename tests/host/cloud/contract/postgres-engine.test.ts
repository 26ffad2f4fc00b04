// engine: PostgreSQL
import { KEPT_COMMITS } from '../../../../host/cloud/store/engine/engine.js';
import { PostgresEngine } from '../../../../host/cloud/store/engine/postgres/postgres-engine.js';
import { schemaUrl } from '../postgres/postgres-place.js';
import { engineContract } from './engine-contract.js';

engineContract('PostgreSQL', async (store) => PostgresEngine.open(schemaUrl(store)), KEPT_COMMITS);
