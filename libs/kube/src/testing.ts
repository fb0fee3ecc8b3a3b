export {
  createFakeApiServer,
  type FakeApiServer,
  type FakeObject,
  type FakeType,
} from './testing/fake-api-server.ts';
