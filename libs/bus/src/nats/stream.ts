import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { type Log, MeshError } from '@quintet/runtime';
import { DeliverPolicy, DiscardPolicy, type NatsConnection, nanos, RetentionPolicy, StorageType } from 'nats';
import { decode } from '../codec.ts';
import { subjectFilter } from '../subject-name.ts';
import type { StreamRow, SubjectRow } from '../subjects.ts';

/** Creates the stream of a subject unless it is there: whoever comes first. A failure is logged and tried at the next connection. */
export async function ensureStream(nc: NatsConnection, row: SubjectRow, log: Log): Promise<void> {
  const { stream } = row;
  if (stream === undefined) return;
  try {
    const manager = await nc.jetstreamManager({ checkAPI: false });
    await manager.streams.add({
      name: stream.name,
      subjects: [subjectFilter(row.pattern)],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: DiscardPolicy.Old,
      max_msgs: stream.maxMessages,
      max_bytes: stream.maxBytes,
      max_age: nanos(stream.maxAgeMs),
    });
  } catch (error) {
    log.warn({ err: error, stream: stream.name }, 'cannot create the stream');
  }
}

type Replay<S extends DescMessage> = {
  readonly row: SubjectRow;
  readonly schema: S;
  readonly params?: Readonly<Record<string, string | undefined>>;
  readonly last?: number;
  readonly follow: boolean;
  readonly signal?: AbortSignal;
};

/** Reads a stream from `last` messages before its end on. */
export async function* replayStream<S extends DescMessage>(
  nc: NatsConnection,
  replay: Replay<S>,
): AsyncGenerator<MessageShape<S>, void, void> {
  const { row, schema } = replay;
  const stream = streamOf(row);
  const manager = await nc.jetstreamManager({ checkAPI: false });
  const { state } = await manager.streams.info(stream.name).catch((cause: unknown) => {
    throw new MeshError('not_found', `the bus has no stream ${stream.name} yet`, { cause });
  });
  if (!replay.follow && state.messages === 0) return;
  const first =
    replay.last === undefined ? state.first_seq : Math.max(state.first_seq, state.last_seq - replay.last + 1);
  const consumer = await nc.jetstream({ checkAPI: false }).consumers.get(stream.name, {
    filterSubjects: [subjectFilter(row.pattern, replay.params)],
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: Math.max(1, first),
  });
  const waiting = (await consumer.info()).num_pending;
  if (waiting === 0 && !replay.follow) return;
  const messages = await consumer.consume();
  const stop = () => messages.stop();
  replay.signal?.addEventListener('abort', stop, { once: true });
  try {
    for await (const message of messages) {
      yield decode(schema, message.data);
      if (!replay.follow && message.info.pending === 0) return;
    }
  } finally {
    replay.signal?.removeEventListener('abort', stop);
    await messages.close();
  }
}

function streamOf(row: SubjectRow): StreamRow {
  if (row.stream === undefined) throw new Error(`${row.pattern} has no stream`);
  return row.stream;
}
