import { ReasonCode } from '../../../core/index.js';
import {
  type Admission,
  ALLOW,
  type ClientIdentity,
  type ConnectRequest,
  type Decision,
  type PublishRequest,
  type ReceiveRequest,
  type Refusal,
  type Rules,
  refuse,
} from '../../engine/rules.js';
import type { AccessList } from './access-list.js';
import type { PasswordTable } from './password-file.js';
import { checkPassword, hashPassword, type PasswordHash } from './password-hash.js';

/** What the rules of a listener are made of. */
export interface MosquittoAccess {
  readonly allowAnonymous: boolean;
  /** What of the client certificate is the user name; passwords are not asked for then. */
  readonly certificateUser?: 'common-name' | 'subject';
  /** The user name is the client id, whatever CONNECT says. Default false. */
  readonly userNameAsClientId?: boolean;
  /** Without it a user name needs no password. */
  readonly passwords?: PasswordTable;
  /** Without it everything may be read and written. */
  readonly acl?: AccessList;
  /** Only client ids that begin so are let in. */
  readonly clientIdPrefix?: string;
}

const BAD_USER = refuse('user name or password not accepted');

/**
 * Rules as mosquitto has them: a denied message of 3.1.1 is acknowledged and dropped, one of 5 is answered with 0x87; every
 * subscription is granted, and what may not be read is left out at delivery.
 */
export class MosquittoRules implements Rules {
  #access: MosquittoAccess;
  #nobody: Promise<PasswordHash> | undefined;

  constructor(access: MosquittoAccess) {
    this.#access = access;
  }

  /** Takes new tables; they hold from the next request on, for clients that are connected too. */
  replace(access: MosquittoAccess): void {
    this.#access = access;
    this.#nobody = undefined;
  }

  connect(request: ConnectRequest): Admission | Promise<Admission> {
    const { userNameAsClientId } = this.#access;
    const answer = this.#admit(request);
    if (!userNameAsClientId) return answer;
    return answer instanceof Promise
      ? answer.then((admission) => renamed(request, admission))
      : renamed(request, answer);
  }

  #admit(request: ConnectRequest): Admission | Promise<Admission> {
    const { clientIdPrefix, certificateUser, allowAnonymous } = this.#access;
    if (clientIdPrefix !== undefined && !request.clientId.startsWith(clientIdPrefix)) {
      return refuse(`client ids begin with ${clientIdPrefix}`);
    }
    if (certificateUser) return fromCertificate(request, certificateUser);
    if (request.userName !== undefined) return this.#checkPassword(request.userName, request.password);
    return allowAnonymous ? ALLOW : refuse('clients without a user name are not let in');
  }

  publish(client: ClientIdentity, { topic }: PublishRequest): Decision {
    return this.#decide(client, topic, 'write');
  }

  subscribe(): Decision {
    return ALLOW;
  }

  receive(client: ClientIdentity, { topic }: ReceiveRequest): Decision {
    return this.#decide(client, topic, 'read');
  }

  #decide(client: ClientIdentity, topic: string, access: 'read' | 'write'): Decision {
    const refused = this.#access.acl?.check(client, topic, access);
    return refused === undefined ? ALLOW : refuse(refused);
  }

  #checkPassword(userName: string, password: Uint8Array = new Uint8Array(0)): Admission | Promise<Admission> {
    const { passwords, allowAnonymous } = this.#access;
    if (!passwords) return allowAnonymous ? ALLOW : BAD_USER;
    const expected = passwords.get(userName);
    // An empty password lets nobody in, whatever the file says: as in mosquitto, which takes it for none.
    if (!expected || password.length === 0) return this.#refuseSlowly(passwords, password);
    const answer = checkPassword(expected, password);
    if (typeof answer === 'boolean') return answer ? ALLOW : BAD_USER;
    return answer.then((isRight) => (isRight ? ALLOW : BAD_USER));
  }

  /** As much work as for a name that is there: time must not say which names are. */
  async #refuseSlowly(passwords: PasswordTable, password: Uint8Array): Promise<Refusal> {
    const [like] = passwords.values();
    if (like) {
      this.#nobody ??= hashPassword('', like.scheme, like.iterations);
      await checkPassword(await this.#nobody, password);
    }
    return BAD_USER;
  }
}

/** Two clients of one user are one to the broker: the second takes the place of the first. */
function renamed({ userName }: ConnectRequest, admission: Admission): Admission {
  if (!admission.allow) return admission;
  const clientId = admission.userName ?? userName;
  return clientId ? { ...admission, clientId } : refuse('there is no user name, which would be the client id');
}

function fromCertificate({ certificate }: ConnectRequest, part: 'common-name' | 'subject'): Admission {
  const userName = part === 'subject' ? certificate?.subject : certificate?.commonName;
  if (userName) return { allow: true, userName };
  const what = part === 'subject' ? 'subject' : 'common name';
  const reason = `the client certificate has no ${what}, which would be the user name`;
  return refuse(reason, ReasonCode.badUserNameOrPassword);
}
