import { type Metadata, ServerInterceptingCall, type ServerInterceptor, type status } from '@grpc/grpc-js';

/** How the calls of a server ended. */
export type CallEnds = {
  /** To be the only interceptor of the server. */
  readonly interceptor: ServerInterceptor;
  /** The code of the status that a call was given, by the call's metadata; undefined while it has none. */
  codeOf(metadata: Metadata): status | undefined;
};

/**
 * Makes the first status of a call its last word. grpc-js ends a call by itself when a request is too large or cannot be
 * decoded, or when the deadline has passed; it tells the handler only when everything written before is on its way. What
 * the handler writes until then is a write after the end, which breaks the stream: no status reaches the client at all.
 * So nothing is written after a status, whoever gave it, and the handler is told of it at once.
 */
export function createCallEnds(): CallEnds {
  const codes = new WeakMap<Metadata, status>();
  const interceptor: ServerInterceptor = (_method, call) => {
    const { start, sendMessage, sendStatus } = call;
    let over = false;
    let tell = (_code: status): void => {};
    call.start = (listener) => {
      start.call(call, {
        onReceiveMetadata(metadata) {
          tell = (code) => {
            codes.set(metadata, code);
            process.nextTick(() => listener.onCancel());
          };
          listener.onReceiveMetadata(metadata);
        },
        onReceiveMessage: (message) => listener.onReceiveMessage(message),
        onReceiveHalfClose: () => listener.onReceiveHalfClose(),
        onCancel: () => listener.onCancel(),
      });
    };
    call.sendMessage = (message, sent) => (over ? sent() : sendMessage.call(call, message, sent));
    // Set on the call itself, because grpc-js gives its own statuses past everything that is wrapped around a call.
    call.sendStatus = (given) => {
      if (over) return;
      over = true;
      tell(given.code);
      sendStatus.call(call, given);
    };
    return new ServerInterceptingCall(call);
  };
  return { interceptor, codeOf: (metadata) => codes.get(metadata) };
}
