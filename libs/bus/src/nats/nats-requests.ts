import type { Bus } from '../bus.ts';
import { decode, encode } from '../codec.ts';
import { collectReplies } from '../collect-replies.ts';
import { REQUESTS, requestSchemas } from '../subjects.ts';
import type { NatsParts } from './nats-parts.ts';
import { readGuarded } from './read-guarded.ts';

/** Status by which NATS answers in nobody's name that there is no responder. */
const NO_RESPONDERS = 503;

/** Questions to everybody, and their answers. */
export function requestsOverNats(parts: NatsParts): Pick<Bus, 'respond' | 'requestMany'> {
  const { connection, standing, principal, clock } = parts;
  return {
    respond(key, answer) {
      const { request, reply } = requestSchemas(key);
      const read = readGuarded(parts, key);
      return standing.add(
        (nc) =>
          nc.subscribe(REQUESTS[key].pattern, {
            callback: (error, message) =>
              read(error, async () => {
                message.respond(encode(reply, await answer(decode(request, message.data))));
              }),
          }),
        connection.current(),
      );
    },
    async requestMany(key, question, how) {
      const { request, reply } = requestSchemas(key);
      const nc = connection.require();
      const inbox = `_INBOX.${principal}.${crypto.randomUUID()}`;
      const read = readGuarded(parts, key);
      return collectReplies({
        ...how,
        clock,
        start(onReply, onNobody) {
          const subscription = nc.subscribe(inbox, {
            callback: (error, message) =>
              read(error, () =>
                message.headers?.code === NO_RESPONDERS ? onNobody() : onReply(decode(reply, message.data)),
              ),
          });
          try {
            nc.publish(REQUESTS[key].pattern, encode(request, question), { reply: inbox });
          } catch (error) {
            subscription.unsubscribe();
            throw error;
          }
          return () => subscription.unsubscribe();
        },
      });
    },
  };
}
