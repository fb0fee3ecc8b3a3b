import { type ClassicFlags, fixedSwitch, idleFlag, idleSwitch, refusedFlag } from '@quintet/runtime';

/** Flags of the classic `galley server` that are no options here. */
export const CLASSIC_FLAGS: ClassicFlags = {
  'enable-server': fixedSwitch(true, 'handing out configuration is all there is to do'),
  useOldProcessor: idleSwitch('there is one way of processing'),
  disableResourceReadyCheck: idleSwitch('kinds that a cluster does not have are not waited for'),
  enableProfiling: idleSwitch('profiles are made with the means of Node'),
  pprofPort: idleFlag('profiles are made with the means of Node'),
  tlsCertFile: refusedFlag('put cert-chain.pem, key.pem and root-cert.pem into the directory of --cert-dir'),
  tlsKeyFile: refusedFlag('put cert-chain.pem, key.pem and root-cert.pem into the directory of --cert-dir'),
  caCertFile: refusedFlag('put cert-chain.pem, key.pem and root-cert.pem into the directory of --cert-dir'),
};
