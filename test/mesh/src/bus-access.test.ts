import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@quintet/testkit';
import { connect, type NatsConnection, nkeyAuthenticator, nkeys } from 'nats';
import { afterEach, describe, expect, it } from 'vitest';
import { useMesh } from './harness/use-mesh.ts';

const mesh = useMesh();
const open: NatsConnection[] = [];
afterEach(async () => {
  for (const connection of open.splice(0)) await connection.close();
});

const server = () => ({ servers: `${mesh().state.addresses.nats}:4222`, reconnect: false });

/** Connects with the key of a service. */
async function connectAs(principal: string): Promise<NatsConnection> {
  const seed = readFileSync(join(mesh().state.folder, 'nats', `${principal}.nk`));
  const connection = await connect({
    ...server(),
    ...{ authenticator: nkeyAuthenticator(seed), inboxPrefix: `_INBOX.${principal}` },
  });
  open.push(connection);
  return connection;
}

describe('NATS 4222', () => {
  it('refuses who shows no key', async () => {
    await expect(connect(server())).rejects.toThrow(/authorization violation/i);
  });

  it("refuses a key that is nobody's", async () => {
    const authenticator = nkeyAuthenticator(nkeys.createUser().getSeed());
    await expect(connect({ ...server(), authenticator })).rejects.toThrow(/authorization violation/i);
  });

  it.each([
    ['mixer', 'mesh.event.mixer.test', []],
    ['mixer', 'mesh.event.pilot.test', ['publish mesh.event.pilot.test']],
    ['mixer', '$JS.API.STREAM.DELETE.mesh-event', ['publish $JS.API.STREAM.DELETE.mesh-event']],
    ['cli', 'mesh.event.galley.test', ['publish mesh.event.galley.test']],
  ])('%s publishes on %s, and is refused %j', async (principal, subject, refused) => {
    const connection = await connectAs(principal);
    const violations = violationsOf(connection);
    connection.publish(subject, new Uint8Array());
    await connection.flush();
    await eventually(() => expect(violations).toEqual(refused));
  });

  it.each([
    ['galley', 'mesh.proxy.status'],
    ['galley', 'mesh.>'],
    ['mixer', '_INBOX.pilot.>'],
    ['cli', '>'],
  ])('%s may not listen on %s', async (principal, subject) => {
    const connection = await connectAs(principal);
    const violations = violationsOf(connection);
    connection.subscribe(subject, { callback: () => {} });
    await connection.flush();
    await eventually(() => expect(violations).toEqual([`subscription ${subject}`]));
  });
});

/** What the server refuses from now on, as `publish <subject>` and `subscription <subject>`. */
function violationsOf(connection: NatsConnection): string[] {
  const violations: string[] = [];
  void (async () => {
    for await (const { type, permissionContext } of connection.status()) {
      if (type === 'error') violations.push(`${permissionContext?.operation} ${permissionContext?.subject}`);
    }
  })();
  return violations;
}
