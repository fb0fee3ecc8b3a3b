import { connect, createServer, type Socket } from 'node:net';

/** A way to a port that can be cut. */
export type TcpProxy = {
  readonly port: number;
  /** Breaks all connections; new ones are possible. */
  cut(): void;
  /** Breaks all connections, and takes no new ones until `open`. */
  close(): void;
  open(): void;
  /** While on, what the server sends is held back, and connections stay: nobody notices anything. */
  silence(on: boolean): void;
  stop(): Promise<void>;
};

/** Listens on a loopback port and passes everything on to another. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const pairs = new Set<{ readonly client: Socket; readonly server: Socket }>();
  let closed = false;
  const listener = createServer((client) => {
    if (closed) return void client.destroy();
    const server = connect(target, '127.0.0.1');
    const pair = { client, server };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      socket.on('error', end);
      socket.on('close', end);
    }
    client.pipe(server);
    server.pipe(client);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const cut = () => {
    for (const { client, server } of pairs) {
      client.destroy();
      server.destroy();
    }
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut,
    close() {
      closed = true;
      cut();
    },
    open() {
      closed = false;
    },
    silence(on) {
      for (const { client, server } of pairs) {
        if (on) server.unpipe(client).pause();
        else server.pipe(client);
      }
    },
    async stop() {
      cut();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
