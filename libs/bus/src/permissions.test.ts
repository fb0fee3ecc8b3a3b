import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { authorizationConfig, permissionsFor } from './permissions.ts';
import { PRINCIPALS, type Principal, SERVICES } from './principals.ts';
import { subjectMatches } from './subject-name.ts';

const GOLDEN = new URL('testdata/authorization.conf', import.meta.url);

describe('permissions', () => {
  it('of all principals are as printed', async () => {
    const keys = new Map(PRINCIPALS.map((p): [Principal, { nkey: string }] => [p, { nkey: `U-${p}` }]));
    const printed = authorizationConfig(keys);
    if (process.env.UPDATE_GOLDEN === '1') await writeFile(GOLDEN, printed);
    expect(printed).toBe(await readFile(GOLDEN, 'utf8'));
  });

  const may = (filters: readonly string[], subject: string) =>
    filters.some((f) => subjectMatches(f, subject));

  it.each(SERVICES)('let %s publish events in its own name only', (service) => {
    const { publish } = permissionsFor(service);
    for (const other of SERVICES) {
      expect(may(publish, `mesh.event.${other}.push`)).toBe(other === service);
    }
  });

  it.each(PRINCIPALS)('let nobody but %s read its inbox, and it no other', (principal) => {
    const { subscribe } = permissionsFor(principal);
    for (const other of PRINCIPALS) {
      expect(may(subscribe, `_INBOX.${other}.1`)).toBe(other === principal);
    }
  });

  it.each([
    '$JS.API.STREAM.DELETE.MESH_EVENTS',
    '$JS.API.STREAM.PURGE.MESH_EVENTS',
    '$SYS.REQ.SERVER.PING',
    '>',
  ])('let nobody publish %s', (subject) => {
    for (const principal of PRINCIPALS) expect(may(permissionsFor(principal).publish, subject)).toBe(false);
  });
});
