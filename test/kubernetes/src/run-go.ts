import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { cacheDirectory } from './binaries.ts';

/** Go is often installed without being on the path. */
const USUAL_PLACE = '/usr/local/go/bin';

/** Runs Go in a directory and gives what it printed. Fails with the end of its errors, or with what to do when there is no Go. */
export function runGo(args: readonly string[], options: { readonly directory: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('go', args, {
      cwd: options.directory,
      env: {
        ...process.env,
        PATH: `${process.env.PATH}${existsSync(USUAL_PLACE) ? `:${USUAL_PLACE}` : ''}`,
        CGO_ENABLED: '0',
        GOCACHE: process.env.GOCACHE ?? join(cacheDirectory(), 'gocache'),
        GOFLAGS: '-buildvcs=false -trimpath -mod=mod',
        GOWORK: 'off',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors = `${errors}${chunk.toString()}`.slice(-4000);
    });
    child.once('error', (cause) => {
      reject(
        new Error(
          'Kubernetes for the tests is built with Go, and there is none: install Go 1.24 or newer (https://go.dev/dl), or put kube-apiserver and etcd into the directory that QUINTET_KUBERNETES names, below bin',
          { cause },
        ),
      );
    });
    child.once('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`go ${args.join(' ')} failed:\n${errors}`));
    });
  });
}
