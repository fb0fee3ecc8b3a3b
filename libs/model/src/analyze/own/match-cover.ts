import type {
  HTTPMatchRequest,
  L4MatchAttributes,
  StringMatch,
  TLSMatchAttributes,
} from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { gatewayRef, matchHost } from '../../hosts.ts';
import { labelsMatch } from '../../labels.ts';
import { coversText, PLAIN_TEXT } from './text-cover.ts';

/** What the matches of a virtual service mean by gateways. */
export type MatchPlace = { readonly namespace: string; readonly gateways: readonly string[] };

/** True when `wide` matches every request that `narrow` matches; both of one virtual service, or of equal places. */
export function coversHttp(wide: HTTPMatchRequest, narrow: HTTPMatchRequest, place: MatchPlace): boolean {
  const uri = { always: '/', wideFolds: wide.ignoreUriCase, narrowFolds: narrow.ignoreUriCase };
  return (
    coversText(wide.uri, narrow.uri, uri) &&
    coversText(wide.scheme, narrow.scheme, PLAIN_TEXT) &&
    coversText(wide.method, narrow.method, PLAIN_TEXT) &&
    coversText(wide.authority, narrow.authority, PLAIN_TEXT) &&
    coversEach(folded(wide.headers), folded(narrow.headers)) &&
    coversEach(wide.queryParams, narrow.queryParams) &&
    excludesNoMore(folded(wide.withoutHeaders), folded(narrow.withoutHeaders)) &&
    coversOrigin(wide, narrow, place)
  );
}

/** As {@link coversHttp}, for TLS connections. */
export function coversTls(wide: TLSMatchAttributes, narrow: TLSMatchAttributes, place: MatchPlace): boolean {
  const hosts = wide.sniHosts.map((host) => host.toLowerCase());
  return (
    narrow.sniHosts.every((host) => hosts.some((other) => matchHost(other, host.toLowerCase()))) &&
    coversL4(wide, narrow, place)
  );
}

type L4 = Pick<
  L4MatchAttributes,
  'destinationSubnets' | 'port' | 'sourceSubnet' | 'sourceLabels' | 'gateways' | 'sourceNamespace'
>;

/** As {@link coversHttp}, for TCP connections. */
export function coversL4(wide: L4, narrow: L4, place: MatchPlace): boolean {
  const { destinationSubnets: subnets } = wide;
  return (
    (subnets.length === 0 ||
      (narrow.destinationSubnets.length > 0 && within(narrow.destinationSubnets, subnets))) &&
    (wide.sourceSubnet === '' || wide.sourceSubnet === narrow.sourceSubnet) &&
    coversOrigin(wide, narrow, place)
  );
}

function coversOrigin(
  wide: Pick<L4, 'port' | 'sourceLabels' | 'sourceNamespace' | 'gateways'>,
  narrow: Pick<L4, 'port' | 'sourceLabels' | 'sourceNamespace' | 'gateways'>,
  { namespace, gateways }: MatchPlace,
): boolean {
  const resolve = (written: readonly string[]): readonly string[] =>
    written.length === 0 ? gateways : written.map((each) => gatewayRef(each, namespace));
  return (
    (wide.port === 0 || wide.port === narrow.port) &&
    labelsMatch(wide.sourceLabels, narrow.sourceLabels) &&
    (wide.sourceNamespace === '' || wide.sourceNamespace === narrow.sourceNamespace) &&
    within(resolve(narrow.gateways), resolve(wide.gateways))
  );
}

type Texts = Readonly<Record<string, StringMatch>>;

/** Every value that `wide` asks for is asked for by `narrow`, and not more widely. */
function coversEach(wide: Texts, narrow: Texts): boolean {
  return Object.entries(wide).every(([name, match]) => {
    const other = Object.hasOwn(narrow, name) ? narrow[name] : undefined;
    return other !== undefined && coversText(match, other, PLAIN_TEXT);
  });
}

/** Every value that `wide` forbids is forbidden by `narrow`, and not more narrowly. */
function excludesNoMore(wide: Texts, narrow: Texts): boolean {
  return Object.entries(wide).every(([name, match]) => {
    const other = Object.hasOwn(narrow, name) ? narrow[name] : undefined;
    return other !== undefined && coversText(other, match, PLAIN_TEXT);
  });
}

function folded(texts: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).map(([name, match]) => [name.toLowerCase(), match]));
}

function within(some: readonly string[], all: readonly string[]): boolean {
  return some.every((each) => all.includes(each));
}
