/** Numbers in [0, 1) that are the same each time (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const route = {
  route: [{ destination: { host: 'reviews', subset: 'v1', port: { number: 80 } }, weight: 100 }],
};

/** Specs that are right, by group, version and kind: mutations begin here. */
const OBJECTS: readonly (readonly [apiVersion: string, kind: string, spec: object])[] = [
  [
    'networking.istio.io/v1alpha3',
    'VirtualService',
    {
      hosts: ['reviews', '*.example.com'],
      gateways: ['mesh', 'shop/edge'],
      http: [
        {
          match: [
            { uri: { prefix: '/a' }, headers: { x: { regex: 'a.*' } }, queryParams: { q: { exact: '1' } } },
          ],
          fault: { delay: { fixedDelay: '5s', percentage: { value: 0.1 } } },
          ...{ timeout: '5s', retries: { attempts: 3, perTryTimeout: '2s', retryOn: '5xx' } },
          ...route,
        },
      ],
      tcp: [{ match: [{ port: 27_017, destinationSubnets: ['10.0.0.0/8'] }], ...route }],
    },
  ],
  [
    'networking.istio.io/v1',
    'DestinationRule',
    {
      host: 'reviews',
      trafficPolicy: { loadBalancer: { consistentHash: { httpCookie: { name: 'a', ttl: '0s' } } } },
      subsets: [{ name: 'v1', labels: { version: 'v1' }, trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } }],
    },
  ],
  [
    'networking.istio.io/v1beta1',
    'Gateway',
    {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
    },
  ],
  [
    'networking.istio.io/v1beta1',
    'ServiceEntry',
    {
      hosts: ['a.b'],
      ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
      resolution: 'STATIC',
      endpoints: [{ address: '1.2.3.4' }],
    },
  ],
  [
    'security.istio.io/v1',
    'AuthorizationPolicy',
    { rules: [{ when: [{ key: 'source.ip', values: ['1.2.3.4'] }] }] },
  ],
  ['authentication.istio.io/v1alpha1', 'Policy', { targets: [{ name: 'a' }], peers: [{ mtls: {} }] }],
  [
    'config.istio.io/v1alpha2',
    'rule',
    { match: 'source.ip == ip("1.2.3.4")', actions: [{ handler: 'h', instances: ['i'] }] },
  ],
  [
    'config.istio.io/v1alpha2',
    'instance',
    { compiledTemplate: 'metric', params: { value: '1', dimensions: { a: 'b' } } },
  ],
];

const NASTY_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  'a'.repeat(300),
  '\u0000',
  'spec',
  'uid',
];
const NASTY_VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    1e308,
    -0,
    0.1,
    2 ** 53,
    '',
    ' ',
    '\ud800',
    '__proto__',
    '5s',
    '-5s',
    '((((',
    '[a-',
  ],
  ...[
    'a'.repeat(2000),
    '{{ x }}',
    '1.2.3.4/99',
    [],
    {},
    [[[[]]]],
    { a: { b: { c: 1 } } },
    ['x', 1, null],
    { constructor: { prototype: {} } },
  ],
];

/** One body: a review that is right, cut, bent or mangled somewhere; the same for the same random numbers. */
export function randomBody(random: () => number): string {
  const [apiVersion, kind, spec] = pick(OBJECTS, random);
  const [group = '', version = ''] = apiVersion.split('/');
  const review = {
    apiVersion: random() < 0.5 ? 'admission.k8s.io/v1' : 'admission.k8s.io/v1beta1',
    kind: 'AdmissionReview',
    request: {
      ...{ uid: 'u', kind: { group, version, kind }, namespace: 'shop', name: 'a' },
      operation: pick(['CREATE', 'CREATE', 'CREATE', 'UPDATE', 'UPDATE', 'DELETE'], random),
      object: { apiVersion, kind, metadata: { name: 'a', namespace: 'shop', labels: { a: 'b' } }, spec },
    },
  };
  let tree: unknown = review;
  for (let count = Math.floor(random() * 4); count > 0; count--) tree = mutateTree(tree, random);
  const text = JSON.stringify(tree) ?? '';
  return random() < 0.25 ? mutateText(text, random) : text;
}

/** Puts something else in the place of one value, somewhere on the way down; the rest is shared. */
function mutateTree(value: unknown, random: () => number): unknown {
  if (typeof value !== 'object' || value === null || random() < 0.12) return mutated(value, random);
  const entries = Object.entries(value);
  if (entries.length === 0) return mutated(value, random);
  const [key, child] = pick(entries, random);
  const changed = mutateTree(child, random);
  if (Array.isArray(value)) return value.with(Number(key), changed);
  return withKey({ ...value }, key, changed);
}

function mutated(value: unknown, random: () => number): unknown {
  const kind = random();
  if (kind < 0.3) return pick(NASTY_VALUES, random);
  if (kind < 0.4) return undefined;
  if (kind < 0.5) return nested(value, Math.floor(random() * 100));
  if (Array.isArray(value))
    return kind < 0.8 ? [...value, ...value, pick(NASTY_VALUES, random)] : new Array(50).fill(value);
  if (typeof value !== 'object' || value === null) return kind < 0.7 ? String(value) : [value];
  const inner = kind < 0.7 ? value : pick(NASTY_VALUES, random);
  return withKey({ ...value }, pick(NASTY_KEYS, random), inner);
}

/** An own key of any name, `__proto__` too, as a parser of JSON makes it. */
function withKey(object: object, key: string, value: unknown): object {
  return Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function nested(value: unknown, levels: number): unknown {
  let deep = value;
  for (let level = 0; level < levels; level++) deep = level % 2 === 0 ? [deep] : { a: deep };
  return deep;
}

/** Breaks the text: a piece is left out, doubled, or replaced. */
function mutateText(text: string, random: () => number): string {
  const from = Math.floor(random() * text.length);
  const to = from + Math.floor(random() * 20);
  const piece = pick(
    ['', text.slice(from, to).repeat(2), '"', '{', ']', '\\u0000', '\u{1f4a9}', '[[[['],
    random,
  );
  return text.slice(0, from) + piece + text.slice(to);
}

function pick<T>(list: readonly T[], random: () => number): T {
  const one = list[Math.floor(random() * list.length)];
  if (one === undefined) throw new Error('an empty list');
  return one;
}
