import twilio from 'twilio';
import { ACCOUNT_SID, AUTH_TOKEN, openCloud } from '../cloud-rig.js';

export type Client = ReturnType<typeof twilio>;

/** A server, and the vendor's client that uses it in place of the original service. */
export async function openClient() {
  const rig = await openCloud();
  return { ...rig, client: clientOf(rig.cloud.url, ACCOUNT_SID, AUTH_TOKEN) };
}

/** @param accountSid of the account that an API key is for */
export function clientOf(url: string, user: string, password: string, accountSid?: string): Client {
  const client = twilio(user, password, accountSid === undefined ? {} : { accountSid });
  client.microvisor.baseUrl = url;
  return client;
}

/** What the vendor's client throws: its fields are those of an error body. */
export interface ClientError {
  status: number;
  code: number;
  message: string;
  moreInfo: string;
}

export async function clientError(action: () => Promise<unknown>): Promise<ClientError> {
  try {
    await action();
  } catch (error) {
    return error as ClientError;
  }
  throw new Error('the call succeeded, and an error was expected');
}
