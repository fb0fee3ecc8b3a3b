import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { isCidr, isIp, parseDuration } from '@quintet/model';
import { RE2JS } from 're2js';
import type { InterceptionMode } from '../node/proxy-node.ts';
import { isJsonObject, textAt } from './json-shape.ts';

/** How the text of an annotation is read; undefined when it is not `expected`. */
export type Format<T> = { readonly expected: string; parse(text: string): T | undefined };

/** Every connection, or those that a list names. */
export type AllOr<T> = 'all' | readonly T[];

const MAX_UINT32 = 4_294_967_295;
const IMAGE = /^[a-zA-Z0-9][\w.-]*(:[0-9]+)?(\/[\w.-]+)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;
const QUANTITY = /^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/;
const DNS_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const INTERFACE = /^[A-Za-z0-9_.@-]{1,15}$/;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warning', 'warn', 'error', 'critical', 'off'];
const COMPONENT_LEVEL = new RegExp(`^[a-z0-9_]+:(${LOG_LEVELS.join('|')})$`);

function pattern(expected: string, regex: RegExp): Format<string> {
  return { expected, parse: (text) => (regex.test(text) ? text : undefined) };
}

/** A list with commas, each part of one format; spaces around parts do not matter, an empty text is an empty list. */
function list<T>(expected: string, part: (text: string) => T | undefined): Format<readonly T[]> {
  return {
    expected,
    parse(text) {
      if (text.trim() === '') return [];
      const parts = text.split(',').map((one) => part(one.trim()));
      const read = parts.filter((one) => one !== undefined);
      return read.length === parts.length ? read : undefined;
    },
  };
}

function allOr<T>({ expected, parse }: Format<readonly T[]>): Format<AllOr<T>> {
  return { expected: `* or ${expected}`, parse: (text) => (text.trim() === '*' ? 'all' : parse(text)) };
}

function oneOf<const T extends string>(values: readonly T[]): Format<T> {
  return { expected: values.join(' or '), parse: (text) => values.find((value) => value === text) };
}

function wholeNumber(text: string, most: number): number | undefined {
  return /^[0-9]{1,10}$/.test(text) && Number(text) <= most ? Number(text) : undefined;
}

const portNumber = (text: string): number | undefined => {
  const port = wholeNumber(text, 65_535);
  return port === 0 ? undefined : port;
};

export const UINT32: Format<number> = {
  expected: `a whole number from 0 to ${MAX_UINT32}`,
  parse: (text) => wholeNumber(text, MAX_UINT32),
};
/** 0 turns off what listens on the port. */
export const STATUS_PORT: Format<number> = {
  expected: 'a port from 0 to 65535',
  parse: (text) => wholeNumber(text, 65_535),
};
export const PORTS = list('a list of ports from 1 to 65535 with commas', portNumber);
export const PORTS_OR_ALL = allOr(PORTS);
export const RANGES = list('a list of IP ranges such as 10.0.0.0/8 with commas', (text) =>
  isCidr(text) ? text : isIp(text) ? `${text}/${text.includes(':') ? 128 : 32}` : undefined,
);
export const RANGES_OR_ALL = allOr(RANGES);
export const INTERFACES = list('a list of network interfaces with commas', (text) =>
  INTERFACE.test(text) ? text : undefined,
);
export const TEXTS = list('a list of texts with commas', (text) => (text === '' ? undefined : text));
export const PATTERNS = list('a list of RE2 patterns with commas', (text) =>
  text !== '' && isPattern(text) ? text : undefined,
);
export const INTERCEPTION_MODE: Format<InterceptionMode> = oneOf(['REDIRECT', 'TPROXY', 'NONE']);
export const CONTROL_PLANE_AUTH = oneOf(['NONE', 'MUTUAL_TLS']);
export const LOG_LEVEL = oneOf(LOG_LEVELS);
export const COMPONENT_LOG_LEVELS: Format<string> = {
  expected: 'a list of component:level with commas',
  parse: (text) => (text.split(',').every((part) => COMPONENT_LEVEL.test(part)) ? text : undefined),
};
export const IMAGE_NAME = pattern('the name of an image', IMAGE);
export const RESOURCE_QUANTITY = pattern('a quantity such as 100m or 128Mi', QUANTITY);
export const CONFIG_MAP_NAME = pattern('the name of a ConfigMap', DNS_NAME);
export const BOOL: Format<boolean> = {
  expected: 'true or false',
  parse: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
};
export const CHECK_SWITCH = oneOf(['enable', 'disable', 'allow-on-error']);
export const DURATION: Format<string> = {
  expected: 'a duration such as 5s',
  parse: (text) => (parseDuration(text) === undefined ? undefined : text),
};
export const POLICY_LANGUAGE = pattern('the name of a language', /^[A-Za-z0-9_.-]{1,63}$/);

/** `host:port`; the host is a DNS name or an IPv4 address. */
export const HOST_PORT: Format<{ readonly address: string; readonly port: number }> = {
  expected: 'an address host:port',
  parse(text) {
    const [, address = '', digits = ''] = /^([^:\s]+):([0-9]{1,5})$/.exec(text) ?? [];
    const port = portNumber(digits);
    return port !== undefined && DNS_NAME.test(address.toLowerCase()) ? { address, port } : undefined;
  },
};

/** Volumes or mounts of the user: a JSON object from name to what Kubernetes wants there, as a list with names. */
export const NAMED_OBJECTS: Format<readonly JsonObject[]> = {
  expected: 'a JSON object from names to objects, or a JSON list of objects with a name',
  parse(text) {
    const value = parseJson(text);
    if (Array.isArray(value)) return named(value.map((one) => ({ name: undefined, value: one })));
    if (!isJsonObject(value)) return undefined;
    return named(Object.entries(value).map(([name, one]) => ({ name, value: one })));
  },
};

function named(
  list: readonly { readonly name: string | undefined; readonly value: JsonValue }[],
): JsonObject[] | undefined {
  const objects: JsonObject[] = [];
  for (const { name, value } of list) {
    if (!isJsonObject(value)) return undefined;
    const own = name ?? textAt(value, 'name');
    if (own === '') return undefined;
    objects.push({ ...value, name: own });
  }
  return objects;
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Envoy reads the pattern with RE2: one that RE2 refuses would keep the proxy from starting. */
function isPattern(text: string): boolean {
  try {
    RE2JS.compile(text);
    return true;
  } catch {
    return false;
  }
}
