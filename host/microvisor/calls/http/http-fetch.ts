import { MvHttpResult, nameOf } from '../../../../build/abi/microvisor.js';
import type { Channel, ChannelDriver } from '../../kernel/channel-driver.js';
import type { FamilyServices } from '../../kernel/family.js';
import type { HttpClient, HttpExchange, HttpOutcome } from '../../transport/http-client.js';
import { type HttpRequestText, judgeRequest } from './judge-request.js';

/** What the application reads. Without the result OK there are no headers and no body. */
export interface HttpResponse {
  result: MvHttpResult;
  statusCode: number;
  headers: Uint8Array[];
  body: Uint8Array;
}

type State =
  | { name: 'unused' }
  /** The next tick hands the request over. */
  | { name: 'requested'; request: HttpRequestText; deadline: number }
  | { name: 'sent'; deadline: number; exchange?: HttpExchange }
  /** The next tick makes the response of it. */
  | { name: 'arrived'; outcome: HttpOutcome }
  | { name: 'answered'; response: HttpResponse }
  | { name: 'closed' };

const NO_BODY = new Uint8Array(0);

/** One HTTP channel: one request, one response. */
export class HttpFetch implements ChannelDriver {
  readonly #services: FamilyServices;
  readonly #channel: Channel;
  readonly #client: HttpClient;
  #state: State = { name: 'unused' };
  /** Without its query, where applications put their keys. */
  #url = '';

  constructor(services: FamilyServices, channel: Channel, client: HttpClient) {
    this.#services = services;
    this.#channel = channel;
    this.#client = client;
  }

  get sent(): boolean {
    return this.#state.name !== 'unused';
  }

  get response(): HttpResponse | undefined {
    return this.#state.name === 'answered' ? this.#state.response : undefined;
  }

  send(request: HttpRequestText): void {
    this.#state = { name: 'requested', request, deadline: this.#services.now() + request.timeout };
    this.#services.wake();
  }

  tick(now: number): void {
    const state = this.#state;
    if (state.name === 'requested') this.#request(state.request, state.deadline);
    else if (state.name === 'arrived') this.#finish(state.outcome);
    else if (state.name === 'sent' && now >= state.deadline) {
      state.exchange?.abort();
      this.#finish({ result: 'failed', detail: 'there was no answer in time' });
    }
  }

  nextDeadline(now: number): number | undefined {
    const { name } = this.#state;
    if (name === 'requested' || name === 'arrived') return now;
    return this.#state.name === 'sent' ? this.#state.deadline : undefined;
  }

  close(): void {
    if (this.#state.name === 'sent') this.#state.exchange?.abort();
    this.#state = { name: 'closed' };
  }

  #request(text: HttpRequestText, deadline: number): void {
    const { limits, behaviour } = this.#services;
    const judged = judgeRequest(text, { timeout: limits.httpTimeout, plainHttp: behaviour.plainHttp });
    if (judged.result !== MvHttpResult.OK) {
      this.#answer({ result: judged.result, statusCode: 0, headers: [], body: NO_BODY }, judged.detail);
      return;
    }
    const { request } = judged;
    this.#url = `${request.url.origin}${request.url.pathname}`;
    this.#services.emit({ event: 'httpRequest', method: request.method, url: this.#url });
    const sent: State = { name: 'sent', deadline };
    this.#state = sent;
    const maximumBytes = Math.max(0, this.#channel.receive.size - limits.httpOverhead);
    sent.exchange = this.#client({ ...request, maximumBytes }, (outcome) => {
      if (this.#state !== sent) return;
      this.#state = { name: 'arrived', outcome };
      this.#services.wake();
    });
  }

  #finish(outcome: HttpOutcome): void {
    if (outcome.result === 'answered') {
      const { statusCode, body } = outcome;
      const headers = outcome.headers.map((line) => Uint8Array.from(Buffer.from(line, 'latin1')));
      this.#answer({ result: MvHttpResult.OK, statusCode, headers, body });
      return;
    }
    const tooLarge = outcome.result === 'tooLarge';
    const detail = tooLarge ? 'the answer does not fit into the receive buffer' : outcome.detail;
    const result = tooLarge ? MvHttpResult.RESPONSETOOLARGE : MvHttpResult.REQUESTFAILED;
    this.#answer({ result, statusCode: 0, headers: [], body: NO_BODY }, detail);
  }

  #answer(response: HttpResponse, detail?: string): void {
    const { result, statusCode, body } = response;
    this.#state = { name: 'answered', response };
    this.#services.emit({
      event: 'httpResponse',
      url: this.#url,
      result: nameOf(MvHttpResult, result),
      statusCode,
      bodyLength: body.length,
      ...(detail ? { detail } : {}),
    });
    this.#services.channels.readable(this.#channel);
  }
}
