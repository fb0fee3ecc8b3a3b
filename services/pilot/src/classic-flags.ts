import { type ClassicFlags, idleFlag, idleSwitch, refusedFlag } from '@quintet/runtime';

/** Flags of the classic `pilot-discovery discovery` that are no options here. */
export const CLASSIC_FLAGS: ClassicFlags = {
  registries: { ...idleFlag('services come from galley'), only: ['MCP'] },
  meshConfig: refusedFlag('galley hands out the mesh configuration, see its --meshConfigFile'),
  networksConfig: refusedFlag('a mesh has one network'),
  configDir: refusedFlag('galley reads the files, see its --configPath'),
  kubeconfig: refusedFlag('configuration and services come from galley'),
  appNamespace: refusedFlag('what galley hands out is served as a whole'),
  namespace: idleFlag('pilot reads nothing from its own namespace'),
  clusterRegistriesNamespace: refusedFlag('services come from galley'),
  consulserverURL: refusedFlag('services come from galley'),
  consulserverInterval: refusedFlag('services come from galley'),
  plugins: refusedFlag('which filters a proxy gets follows from the configuration'),
  resync: idleFlag('galley tells of every change'),
  'disable-install-crds': idleSwitch('pilot installs nothing'),
  discoveryCache: idleSwitch('what proxies share is made once in any case'),
  profile: idleSwitch('profiles are made with the means of Node'),
  mcpInitialWindowSize: idleFlag('the windows of the transport are its own'),
  mcpInitialConnWindowSize: idleFlag('the windows of the transport are its own'),
  keepaliveInterval: idleFlag('a proxy that takes nothing is found by --send-timeout'),
  keepaliveTimeout: idleFlag('a proxy that takes nothing is found by --send-timeout'),
  keepaliveMaxServerConnectionAge: idleFlag('connections live as long as both sides want'),
};
