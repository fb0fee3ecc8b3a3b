import { normalDnsName } from './dns-name.ts';

type Parts = { readonly scheme: string; readonly authority: string | undefined; readonly rest: string };

/** Why the text is no URI in the judgement of Go's url.Parse; undefined when it is one. Relative references are URIs too. */
export function uriProblem(text: string): string | undefined {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 32 || code === 127) return 'net/url: invalid control character in URL';
  }
  if (text === '') return undefined;
  const broken = badEscape(text.split('?')[0] ?? '');
  if (broken !== undefined) return `invalid URL escape "${broken}"`;
  if (text.startsWith(':')) return 'missing protocol scheme';
  const { scheme, authority, rest } = split(text);
  if (authority !== undefined) return authorityProblem(authority);
  const firstSegment = rest.split(/[/?#]/, 1)[0] ?? '';
  if (scheme === '' && firstSegment.includes(':')) return 'first path segment in URL cannot contain colon';
  return undefined;
}

/** Whether two URIs are equal: schemes without regard to case, hosts of http and https by IDNA, all else exactly. */
export function uriEquals(a: string, b: string): boolean {
  const left = split(a);
  const right = split(b);
  if (left.scheme !== right.scheme || left.rest !== right.rest) return false;
  if (left.scheme !== 'http' && left.scheme !== 'https') return left.authority === right.authority;
  return normalAuthority(left.authority ?? '') === normalAuthority(right.authority ?? '');
}

function split(text: string): Parts {
  const colon = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text);
  const scheme = colon?.[1] ?? '';
  const afterScheme = colon === null ? text : text.slice(scheme.length + 1);
  if (!afterScheme.startsWith('//'))
    return { scheme: scheme.toLowerCase(), authority: undefined, rest: afterScheme };
  const end = afterScheme.slice(2).search(/[/?#]/);
  const authority = end < 0 ? afterScheme.slice(2) : afterScheme.slice(2, end + 2);
  return { scheme: scheme.toLowerCase(), authority, rest: afterScheme.slice(2 + authority.length) };
}

function authorityProblem(authority: string): string | undefined {
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (host.startsWith('[')) {
    const close = host.indexOf(']');
    if (close < 0) return "missing ']' in host";
    return portProblem(host.slice(close + 1));
  }
  if (/[\s"<>\\^`{|}]/.test(host)) return `invalid character in host name '${host}'`;
  const colon = host.lastIndexOf(':');
  return colon < 0 ? undefined : portProblem(host.slice(colon));
}

function portProblem(port: string): string | undefined {
  return port === '' || /^:\d*$/.test(port) ? undefined : `invalid port "${port}" after host`;
}

function badEscape(text: string): string | undefined {
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 1)) {
    const candidate = text.slice(at, at + 3);
    if (!/^%[0-9a-fA-F]{2}$/.test(candidate)) return candidate;
  }
  return undefined;
}

function normalAuthority(authority: string): string {
  const at = authority.lastIndexOf('@');
  const hostAndPort = authority.slice(at + 1);
  const port = /:\d*$/.exec(hostAndPort)?.[0] ?? '';
  const host = hostAndPort.slice(0, hostAndPort.length - port.length);
  return `${authority.slice(0, at + 1)}${normalDnsName(host) ?? host}${port}`;
}
