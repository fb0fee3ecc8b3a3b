/** What a request proves itself with, and what the API server is checked against. All texts are PEM. */
export type Credentials = {
  /** Roots for the API server's certificate; those of the system unless given. */
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly token?: string;
};

/** How to reach one cluster. */
export type ClusterAccess = {
  /** `https://host:port` with an optional path; `http` only on loopback. */
  readonly server: URL;
  /** The namespace that commands use when none is named. */
  readonly namespace: string | undefined;
  /** Name in the API server's certificate, where it is not the host of `server`. */
  readonly serverName: string | undefined;
  /** True: whoever answers is believed. Only when the kubeconfig says so. */
  readonly skipVerify: boolean;
  /** Called before every request; what is read from files is read again now and then. */
  credentials(): Promise<Credentials>;
};
