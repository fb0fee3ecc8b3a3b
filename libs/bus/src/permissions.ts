import { PRINCIPALS, type Principal } from './principals.ts';
import { subjectFilter } from './subject-name.ts';
import {
  BUCKETS,
  OBJECT_STORES,
  REQUESTS,
  type RequestRow,
  type StoreRow,
  SUBJECTS,
  type SubjectRow,
} from './subjects.ts';

/** What a principal may do on the bus, in the words of nats-server's permissions. */
export type Permissions = {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** Whether it may answer on the reply subject of a request that it was sent. */
  readonly allowResponses: boolean;
};

/** Permissions out of the tables of subjects: what is not in a table is refused. */
export function permissionsFor(principal: Principal): Permissions {
  const publish = new Set<string>();
  const subscribe = new Set<string>([`_INBOX.${principal}.>`]);
  for (const row of Object.values<SubjectRow>(SUBJECTS)) {
    if (row.publishers.includes(principal)) {
      const own = row.publisherToken === undefined ? {} : { [row.publisherToken]: principal };
      publish.add(subjectFilter(row.pattern, own));
      if (row.stream !== undefined) addStreamSetup(publish, row.stream.name);
    }
    if (row.subscribers.includes(principal)) {
      subscribe.add(subjectFilter(row.pattern));
      if (row.stream !== undefined) addStreamReading(publish, row.stream.name);
    }
  }
  for (const row of Object.values<RequestRow>(REQUESTS)) {
    if (row.askers.includes(principal)) publish.add(row.pattern);
    if (row.responders.includes(principal)) subscribe.add(row.pattern);
  }
  for (const row of Object.values<StoreRow>(BUCKETS)) {
    addStore(publish, principal, { row, stream: `KV_${row.name}`, subject: `$KV.${row.name}.>` });
  }
  for (const row of Object.values<StoreRow>(OBJECT_STORES)) {
    addStore(publish, principal, { row, stream: `OBJ_${row.name}`, subject: `$O.${row.name}.>` });
  }
  return {
    publish: [...publish].sort(),
    subscribe: [...subscribe].sort(),
    allowResponses: Object.values<RequestRow>(REQUESTS).some((row) => row.responders.includes(principal)),
  };
}

type Store = { readonly row: StoreRow; readonly stream: string; readonly subject: string };

function addStore(publish: Set<string>, principal: Principal, { row, stream, subject }: Store): void {
  const writes = row.writers.includes(principal);
  if (!writes && !row.readers.includes(principal)) return;
  addStreamSetup(publish, stream);
  addStreamReading(publish, stream);
  publish.add(`$JS.API.DIRECT.GET.${stream}`).add(`$JS.API.DIRECT.GET.${stream}.>`);
  // The client looks up an object store's stream by its subject before it reads chunks.
  if (stream.startsWith('OBJ_')) publish.add('$JS.API.STREAM.NAMES');
  if (!writes) return;
  publish.add(subject);
  // An object that is replaced has its old chunks purged.
  if (stream.startsWith('OBJ_')) publish.add(`$JS.API.STREAM.PURGE.${stream}`);
}

/** Whoever comes first creates the stream. */
function addStreamSetup(publish: Set<string>, stream: string): void {
  publish.add(`$JS.API.STREAM.CREATE.${stream}`).add(`$JS.API.STREAM.INFO.${stream}`);
}

/** An ordered consumer: made, read, and made again where it broke off. */
function addStreamReading(publish: Set<string>, stream: string): void {
  publish.add(`$JS.API.STREAM.INFO.${stream}`).add(`$JS.API.STREAM.MSG.GET.${stream}`);
  publish.add(`$JS.API.CONSUMER.CREATE.${stream}`).add(`$JS.API.CONSUMER.CREATE.${stream}.>`);
  for (const verb of ['INFO', 'DELETE', 'MSG.NEXT']) publish.add(`$JS.API.CONSUMER.${verb}.${stream}.*`);
  publish.add('$JS.FC.>');
}

/** How nats-server knows a principal: by an nkey, or by the SPIFFE id of its certificate. */
export type PrincipalKey = { readonly nkey: string } | { readonly spiffeId: string };

/**
 * The `authorization` block of nats-server's configuration. Only the principals given can connect, each with the
 * permissions of the tables.
 */
export function authorizationConfig(keys: ReadonlyMap<Principal, PrincipalKey>): string {
  const users = PRINCIPALS.flatMap((principal) => {
    const key = keys.get(principal);
    return key === undefined ? [] : [userConfig(key, permissionsFor(principal))];
  });
  return `authorization {\n  users = [\n${users.join('\n')}\n  ]\n}\n`;
}

function userConfig(key: PrincipalKey, permissions: Permissions): string {
  const list = (subjects: readonly string[]) =>
    subjects.length === 0
      ? '{ deny: [">"] }'
      : `{ allow: [\n${subjects.map((subject) => `          ${quoted(subject)}`).join('\n')}\n        ] }`;
  const name = 'nkey' in key ? `nkey: ${quoted(key.nkey)}` : `user: ${quoted(key.spiffeId)}`;
  return [
    '    {',
    `      ${name}`,
    '      permissions: {',
    `        publish: ${list(permissions.publish)}`,
    `        subscribe: ${list(permissions.subscribe)}`,
    ...(permissions.allowResponses ? ['        allow_responses: { max: 1, expires: "1m" }'] : []),
    '      }',
    '    }',
  ].join('\n');
}

/** A JSON text is a text of nats-server's configuration too, `$` included: variables are unquoted there. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
