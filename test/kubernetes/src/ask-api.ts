import { request } from 'node:https';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { ClusterAccess } from '@quintet/kube';

/** An answer of the API server, with the warnings that `kubectl` would show. */
export type ApiAnswer = {
  readonly status: number;
  readonly message: string;
  readonly warnings: readonly string[];
};

/** Sends an object as `kubectl` does. `path` is that of its type; an update names the object. */
export async function askApi(
  access: ClusterAccess,
  {
    method,
    path,
    body,
  }: { readonly method: 'POST' | 'PUT'; readonly path: string; readonly body: JsonObject },
): Promise<ApiAnswer> {
  const { ca, token } = await access.credentials();
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const url = new URL(path, access.server);
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      authorization: `Bearer ${token}`,
    };
    const question = request(url, { method, ca, headers, agent: false }, (answer) => {
      let received = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        received += chunk;
      });
      answer.on('end', () => {
        const json: JsonValue = JSON.parse(received);
        const message = typeof json === 'object' && json !== null && 'message' in json ? json.message : '';
        resolve({
          status: answer.statusCode ?? 0,
          message: String(message),
          warnings: warningsOf(answer.rawHeaders),
        });
      });
    });
    question.on('error', reject);
    question.end(text);
  });
}

/** Each header is `299 - "text"`. */
function warningsOf(headers: readonly string[]): string[] {
  return headers.flatMap((name, index) => {
    if (index % 2 === 1 || name.toLowerCase() !== 'warning') return [];
    const value = headers[index + 1] ?? '';
    return [value.slice(value.indexOf('"') + 1, -1).replaceAll('\\"', '"')];
  });
}
