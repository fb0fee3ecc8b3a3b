// Copies what an installation of the workspace reads, and nothing else.
//   node copy-manifests.mjs FROM TO
import process from 'node:process';
import { copyManifests, readPackages } from './workspace-packages.mjs';

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) throw new Error('usage: copy-manifests.mjs FROM TO');
copyManifests(readPackages(from), from, to);
