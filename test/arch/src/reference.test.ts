import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { crdManifests } from '@quintet/model';
import { golden } from '@quintet/testkit';
import { describe, expect, it } from 'vitest';
import { CONFIG as citadelConfig } from '../../../services/citadel/src/config.ts';
import { METRICS as citadelMetrics } from '../../../services/citadel/src/metrics.ts';
import { CONFIG as galleyConfig } from '../../../services/galley/src/config.ts';
import { COLLECTION_METRICS, METRICS as galleyMetrics } from '../../../services/galley/src/metrics.ts';
import { CONFIG as injectorConfig } from '../../../services/injector/src/config.ts';
import { METRICS as injectorMetrics } from '../../../services/injector/src/metrics.ts';
import { CONFIG as mixerConfig } from '../../../services/mixer/src/config.ts';
import { METRICS as mixerMetrics } from '../../../services/mixer/src/metrics.ts';
import { CONFIG as nodeagentConfig } from '../../../services/nodeagent/src/config.ts';
import { METRICS as nodeagentMetrics } from '../../../services/nodeagent/src/metrics.ts';
import { CONFIG as pilotConfig } from '../../../services/pilot/src/config.ts';
import { METRICS as pilotMetrics } from '../../../services/pilot/src/metrics.ts';
import { referencePages, type ServiceDeclarations } from './reference-pages.ts';
import { packagesOf, root } from './workspace.ts';

const SERVICES: readonly ServiceDeclarations[] = [
  { name: 'citadel', config: citadelConfig, metrics: citadelMetrics },
  { name: 'galley', config: galleyConfig, metrics: { ...galleyMetrics, ...COLLECTION_METRICS } },
  { name: 'injector', config: injectorConfig, metrics: injectorMetrics },
  { name: 'mixer', config: mixerConfig, metrics: mixerMetrics },
  { name: 'nodeagent', config: nodeagentConfig, metrics: nodeagentMetrics },
  { name: 'pilot', config: pilotConfig, metrics: pilotMetrics },
];

describe('the reference', () => {
  it('says what the code says', async () => {
    const directory = join(root, 'docs/reference');
    await mkdir(directory, { recursive: true });
    const { made, stored } = await golden({ directory, files: referencePages(SERVICES), inputs: [] });
    expect(made).toEqual(stored);
  });

  it('has the manifests of every kind for Kubernetes', async () => {
    const directory = join(root, 'deploy/crds');
    await mkdir(directory, { recursive: true });
    const { made, stored } = await golden({ directory, files: crdManifests(), inputs: [] });
    expect(made).toEqual(stored);
  });

  it('has every service', () => {
    const folders = packagesOf('services').map(({ folder }) => folder.replace('services/', ''));
    expect(SERVICES.map(({ name }) => name)).toEqual(folders.filter((name) => name !== 'cli'));
  });
});
