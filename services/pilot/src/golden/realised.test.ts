import { join } from 'node:path';
import type { DescMessage, Message } from '@bufbuild/protobuf';
import { type ConfigObject, kindByName, type RealisationRow, realisationRows } from '@quintet/model';
import { goldenCases } from '@quintet/testkit';
import { describe, expect, it } from 'vitest';
import { fieldAt, fieldName, setFields } from './fields-in-effect.ts';
import { type CaseInput, INPUTS, outcome, readCase } from './generate-case.ts';

const testdata = join(import.meta.dirname, '../../testdata');

/** The kinds that pilot alone gives an effect. */
const KINDS = [
  'AuthorizationPolicy',
  'DestinationRule',
  'Gateway',
  'MeshConfig',
  'MeshPolicy',
  'Policy',
  'QuotaSpecBinding',
  'ServiceEntry',
  'Sidecar',
  'VirtualService',
];

/** Fields whose effect does not show in what one proxy is handed, and where it shows instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'VirtualService HTTPRoute.websocketUpgrade': 'every route upgrades websockets: the next test',
};

const ROWS = realisationRows().filter(({ kind }) => KINDS.includes(kind));

/** `kind field` of every field that changes what the proxy of some golden case is handed when it is taken away. */
async function fieldsInEffect(): Promise<ReadonlySet<string>> {
  const proven = new Set<string>();
  for (const one of await goldenCases({ testdata, inputs: INPUTS })) {
    const input = await readCase(one);
    const before = outcome(input);
    for (const object of [...input.objects, ...(input.mesh ? [input.mesh] : [])]) {
      if (!KINDS.includes(object.kind)) continue;
      for (const { name: field, without } of setFields(schemaOf(object.kind), object.spec)) {
        const name = `${object.kind} ${field}`;
        if (!proven.has(name) && outcome(withSpec(input, object, without())) !== before) proven.add(name);
      }
    }
  }
  return proven;
}

function withSpec(input: CaseInput, object: ConfigObject, spec: Message): CaseInput {
  const changed = { ...object, spec, version: `${object.version} changed` };
  const swap = (other: ConfigObject): ConfigObject => (other === object ? changed : other);
  return { ...input, objects: input.objects.map(swap), ...(input.mesh && { mesh: swap(input.mesh) }) };
}

function schemaOf(kind: string): DescMessage {
  const row = kindByName(kind);
  if (row === undefined) throw new Error(`no kind ${kind}`);
  return row.schema;
}

/** `kind field` of what the tables call realised, but for fields that can say nothing more than their absence does. */
function claimedFields(): ReadonlySet<string> {
  const claimed = ROWS.filter(
    (row) => row.state === 'realised' && !row.field.includes('=') && saysSomething(row),
  );
  return new Set(claimed.map(({ kind, field }) => `${kind} ${fieldName(fieldAt(schemaOf(kind), field))}`));
}

/** Not so: an enum of which only the default is realised, and a message of which no field is. */
function saysSomething({ kind, field }: RealisationRow): boolean {
  const of = fieldAt(schemaOf(kind), field);
  const states = (start: string) =>
    ROWS.filter((row) => row.kind === kind && row.field.startsWith(start)).map(({ state }) => state);
  if (of.enum) return states(`${field}=`).length < of.enum.values.length - 1;
  const inside = states(`${field}.`);
  return inside.length === 0 || inside.includes('realised');
}

describe('a field that is said to be realised', () => {
  it('has an effect in a golden case, or elsewhere', async () => {
    const [proven, claimed] = [await fieldsInEffect(), claimedFields()];
    expect([...claimed].filter((name) => !proven.has(name)).toSorted()).toEqual(Object.keys(ELSEWHERE));
  }, 120_000);
});

describe('websockets', () => {
  it('are upgraded wherever HTTP is, whether a route asks for it or not', async () => {
    const cases = await goldenCases({ testdata, inputs: INPUTS });
    const listeners = await Promise.all(cases.map((one) => one.read('lds.yaml').catch(() => '')));
    const managers = listeners.join('\n').split('v3.HttpConnectionManager').slice(0, -1);
    expect(managers.length).toBeGreaterThan(0);
    expect(managers.filter((text) => !text.includes('upgradeType: websocket'))).toEqual([]);
  });
});
