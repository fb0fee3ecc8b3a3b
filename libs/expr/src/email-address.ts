import { normalDnsName } from './dns-name.ts';

const ATOM = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+$/u;
const QUOTED = /^"(?:[^"\\\r\n]|\\.)*"$/u;
const MAX_LENGTH = 1024;

/** Why the text is no e-mail address (RFC 5322 addr-spec without display name or comments); undefined when it is one. */
export function emailProblem(text: string): string | undefined {
  if (text === '') return 'mail: no address';
  if (text.length > MAX_LENGTH) return `mail: longer than ${MAX_LENGTH} characters`;
  if (text.endsWith('>')) return 'display names are not allowed';
  const at = text.lastIndexOf('@');
  if (at < 0) return "mail: missing '@' or angle-addr";
  const local = text.slice(0, at);
  if (!QUOTED.test(local) && !local.split('.').every((atom) => ATOM.test(atom))) {
    return `mail: invalid local part '${local}'`;
  }
  const domain = text.slice(at + 1);
  if (!domain.split('.').every((atom) => ATOM.test(atom))) return `mail: invalid domain '${domain}'`;
  return undefined;
}

/** Whether two addresses are the same mailbox: local parts exactly, domains by IDNA; undefined when a domain is invalid. */
export function emailEquals(a: string, b: string): boolean | undefined {
  const left = split(a);
  const right = split(b);
  if (left === undefined || right === undefined) return undefined;
  return left.local === right.local && left.domain === right.domain;
}

function split(address: string): { local: string; domain: string } | undefined {
  const at = address.lastIndexOf('@');
  const domain = normalDnsName(address.slice(at + 1));
  return at < 0 || domain === undefined ? undefined : { local: address.slice(0, at), domain };
}
