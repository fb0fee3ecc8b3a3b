import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** A program of Kubernetes, and the Go package that it is built from. */
export type Binary = {
  readonly name: string;
  readonly package: string;
  /** Which of the modules below it belongs to. */
  readonly module: 'kubernetes' | 'etcd' | 'kwok';
};

/** The version of Kubernetes that the tests run against. */
export const KUBERNETES_VERSION = 'v1.34.4';
export const ETCD_VERSION = 'v3.6.16';
export const KWOK_VERSION = 'v0.7.0';

const kubernetes = (name: string): Binary => {
  return { name, package: `k8s.io/kubernetes/cmd/${name}`, module: 'kubernetes' };
};

export const ETCD: Binary = { name: 'etcd', package: 'go.etcd.io/etcd/server/v3', module: 'etcd' };
export const API_SERVER = kubernetes('kube-apiserver');
export const CONTROLLER_MANAGER = kubernetes('kube-controller-manager');
export const SCHEDULER = kubernetes('kube-scheduler');
/** Fake nodes and pods in any number. */
export const KWOK: Binary = { name: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok', module: 'kwok' };

/** What the tests need. */
export const TEST_BINARIES: readonly Binary[] = [ETCD, API_SERVER, CONTROLLER_MANAGER, KWOK];

/** Where builds are kept between runs. */
export function cacheDirectory(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return process.env.QUINTET_KUBERNETES ?? join(cache, 'quintet', 'kubernetes');
}

/** Where a program is once it is built. */
export function pathOfBinary({ name }: Pick<Binary, 'name'>): string {
  return join(cacheDirectory(), 'bin', name);
}
