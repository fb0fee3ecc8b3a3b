import { type ClassicFlags, fixedSwitch, idleFlag, idleSwitch, refusedFlag } from '@quintet/runtime';

/** Flags of the classic `istio_ca` that are no options here. */
export const CLASSIC_FLAGS: ClassicFlags = {
  'server-only': fixedSwitch(true, 'no secrets are written'),
  'sds-enabled': idleSwitch('certificates are always given to node agents'),
  'enable-profiling': idleSwitch('profiles are made with the means of Node'),
  'sign-ca-certs': fixedSwitch(false, 'certificates of authorities are never signed'),
  'pkcs8-keys': idleSwitch('keys are PKCS #8 always'),
  'append-dns-names': idleSwitch('no secrets are written'),
  'custom-dns-names': refusedFlag('names other than the identity are not given to anybody'),
  'experimental-dual-use': fixedSwitch(false, 'the subject of certificates is empty'),
  'read-signing-cert-only': fixedSwitch(false, 'instances share the directory of --ca-dir'),
  'workload-cert-grace-period-ratio': idleFlag('whoever has a certificate renews it'),
  'listened-namespaces': refusedFlag('no secrets are written'),
  'kube-config': refusedFlag('callers are known by tokens of --jwt-issuer and by certificates'),
  'upstream-ca-address': refusedFlag('the authority is self-signed or plugged in'),
  'requested-ca-cert-ttl': refusedFlag('the authority is self-signed or plugged in'),
  'key-size': { ...idleFlag('see --ca-key-type'), only: ['2048'] },
  org: idleFlag('the organisation of the authority is the trust domain'),
  'liveness-probe-path': refusedFlag('no file is touched; ask /livez and /readyz on the admin port'),
  'liveness-probe-interval': idleFlag('there are no probe files'),
  'probe-check-interval': idleFlag('there are no probe files'),
};
