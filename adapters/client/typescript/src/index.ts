// A typed client of a ledger's HTTP API. The types are generated from the API's
// OpenAPI file, and openapi-fetch makes the requests.
import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './api.js';

export type { components, paths } from './api.js';
export type Notice = components['schemas']['Feed']['notices'][number];

export type Problem = components['schemas']['Problem'];

// problemOf returns why a request was not granted; undefined where the answer is
// no problem document, as one to headers that are too long.
export function problemOf(error: unknown): Problem | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? (error as Problem) : undefined;
}

// ledger returns a client of one server for one caller.
export function ledger(url: string, token: string): Client<paths> {
  return createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } });
}

// act is the headers of an act on a record: why, on which legal basis, under which
// key, and on the revision as the caller saw it.
export function act(purpose: string, basis: string, key: string, revision: number) {
  return { ...open(purpose, basis, key), 'If-Match': `"${revision}"` };
}

// open is act of one that opens a record.
export function open(purpose: string, basis: string, key: string) {
  return { Purpose: purpose, 'Legal-Basis': basis, 'Idempotency-Key': key };
}

// follow yields the notices that are recorded after a position, until the
// connection ends; ask again after the position of the last.
export async function* follow(url: string, token: string, purpose: string, after: number): AsyncGenerator<Notice> {
  const answer = await fetch(`${url}/v1/feed/stream?after=${after}`, { headers: { Authorization: `Bearer ${token}`, Purpose: purpose } });
  if (!answer.ok || !answer.body) throw new Error(`the server answers ${answer.status}`);
  let text = '';
  for await (const part of answer.body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
    const lines = (text + part).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data: ')) yield JSON.parse(line.slice('data: '.length)) as Notice;
  }
}
