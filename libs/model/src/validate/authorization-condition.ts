import type { Condition } from '@quintet/proto/istio/security/v1beta1/authorization_policy_pb.js';
import { type Report, shown } from './report.ts';
import { checkIpOrRange } from './values.ts';

/** Keys that stand for one attribute; `remote.ip` came after the classic API. */
const KEYS: ReadonlySet<string> = new Set([
  'source.ip',
  'remote.ip',
  'source.namespace',
  'source.user',
  'source.principal',
  'request.auth.principal',
  'request.auth.audiences',
  'request.auth.presenter',
  'destination.ip',
  'destination.port',
  'connection.sni',
]);

/** Keys with an index; claims of claims have several (later releases). */
const INDEXED = /^(request\.headers\[[^\]]+\]|request\.auth\.claims(\[[^\]]+\])+)$/;

/** Metadata of filters of the proxy. */
const FILTER_METADATA = /^experimental\.envoy\.filters\../;

const ADDRESS_KEYS: ReadonlySet<string> = new Set(['source.ip', 'remote.ip', 'destination.ip']);

/** Checks a condition: a known key, and at least one value of its kind. */
export function checkCondition({ key, values, notValues }: Condition, path: string, report: Report): void {
  if (!KEYS.has(key) && !INDEXED.test(key) && !FILTER_METADATA.test(key)) {
    const found = key === '' ? 'none' : shown(key);
    report(
      `${path}.key`,
      `expected one of ${[...KEYS].join(', ')}, request.headers[name], request.auth.claims[name]; found ${found}`,
    );
  }
  if (values.length === 0 && notValues.length === 0)
    report(`${path}.values`, 'expected at least one value, found none');
  for (const [field, list] of Object.entries({ values, notValues })) {
    for (const [index, value] of list.entries()) {
      const at = `${path}.${field}[${index}]`;
      if (value === '') report(at, 'expected a value, found an empty one');
      else if (ADDRESS_KEYS.has(key)) checkIpOrRange(value, at, report);
      else if (key === 'destination.port') checkPortText(value, at, report);
    }
  }
}

/** Checks a port that is written as text. */
export function checkPortText(port: string, path: string, report: Report): void {
  const number = /^[0-9]{1,5}$/.test(port) ? Number(port) : 0;
  if (number < 1 || number > 65_535) report(path, `expected a port from 1 to 65535, found ${shown(port)}`);
}
