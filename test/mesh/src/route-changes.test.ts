import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { LOCAL_CONFIG } from './harness/checkout.ts';
import { underPageLoad } from './harness/page-load.ts';
import { useMesh } from './harness/use-mesh.ts';

const CHANGES = 100;

const mesh = useMesh();

describe('changes of routes under load', () => {
  it(`${CHANGES} of them, each waited for: no request fails`, async () => {
    await underPageLoad(mesh().state.page, async () => {
      for (let change = 1; change <= CHANGES; change += 1) {
        const { issues, objects } = await mesh().write('bookinfo.yaml', bookinfo(change));
        expect([...issues, ...objects.flatMap((object) => object.issues)]).toEqual([]);
        expect(versionsOf(change)).toContain(await reviewsVersion());
      }
    });
  });
});

/** Where requests for reviews go after a change, as subsets by name with their versions, and their weights. */
function shares(
  change: number,
): readonly { readonly subset: string; readonly version: string; readonly weight: number }[] {
  const share = (subset: string, version: string, weight: number) => ({ subset, version, weight });
  switch (change % 4) {
    case 0:
      return [share('v1', 'v1', 90), share('v2', 'v2', 10)];
    case 1:
      return [share('v1', 'v1', change % 100), share('v3', 'v3', 100 - (change % 100))];
    case 2:
      // A subset of a name that never was: a cluster comes with its route, and the ones before go.
      return [share(`release-${change}`, 'v3', 100)];
    default:
      return [];
  }
}

/** The versions that may answer after a change. */
function versionsOf(change: number): readonly string[] {
  const versions = shares(change).map(({ version }) => version);
  return versions.length === 0 ? ['v1', 'v2', 'v3'] : versions;
}

async function reviewsVersion(): Promise<string | undefined> {
  const { body } = await mesh().get('/productpage');
  return /data-service="reviews" data-version="([^"]*)"/.exec(body)?.[1];
}

/** The sample's configuration with other routes to reviews: to subsets, or to all of its versions. */
function bookinfo(change: number): string {
  const to = shares(change);
  const documents = parseAllDocuments(readFileSync(join(LOCAL_CONFIG, 'bookinfo.yaml'), 'utf8'));
  for (const document of documents) {
    if (document.getIn(['metadata', 'name']) !== 'reviews') continue;
    if (document.get('kind') === 'DestinationRule') {
      const subsets = to.map(({ subset, version }) => ({ name: subset, labels: { version } }));
      document.setIn(['spec', 'subsets'], document.createNode(subsets));
    } else {
      const route = to.map(({ subset, weight }) => ({ destination: { host: 'reviews', subset }, weight }));
      const all = [{ destination: { host: 'reviews' } }];
      document.setIn(['spec', 'http'], document.createNode([{ route: route.length === 0 ? all : route }]));
    }
  }
  return documents.map(String).join('');
}
