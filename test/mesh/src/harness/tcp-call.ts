import { connect } from 'node:net';

export type TcpAnswer = {
  /** What came before the other side ended the connection, or what was waited for was there. */
  readonly text: string;
  /** The other side ended the connection. */
  readonly ended: boolean;
};

export type TcpCall = {
  readonly host: string;
  readonly port: number;
  readonly send?: string;
  /** Enough when this has come. */
  readonly until: string;
  /** Rejects when neither that nor the end came in time, milliseconds; 5 s unless given. */
  readonly timeoutMs?: number;
};

/** Opens a TCP connection, sends, and reads until enough has come or the other side ends it. A reset is an end. */
export function tcpCall({ host, port, send = '', until, timeoutMs = 5000 }: TcpCall): Promise<TcpAnswer> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ host, port });
    socket.setTimeout(timeoutMs, () => {
      socket.destroy();
      reject(new Error(`${host}:${port} neither answered nor ended within ${timeoutMs} ms: ${text}`));
    });
    socket.on('data', (chunk) => {
      text += chunk.toString();
      if (!text.includes(until)) return;
      socket.destroy();
      resolve({ text, ended: false });
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve({ text, ended: true }));
    socket.write(send);
  });
}
