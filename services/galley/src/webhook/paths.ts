import {
  HTTP_API_SPEC,
  HTTP_API_SPEC_BINDING,
  KINDS,
  type Kind,
  QUOTA_SPEC,
  QUOTA_SPEC_BINDING,
} from '@quintet/model';

/** One path of the webhook, and the kinds of objects that are judged there. */
export type AdmissionPath = {
  readonly path: '/admitpilot' | '/admitmixer';
  /** Name of its webhook in the registration. */
  readonly webhook: string;
  readonly kinds: readonly Kind[];
};

const MIXER_GROUP = 'config.istio.io';
/** Of mixer's group, what proxies are told by pilot. */
const OF_PILOT: readonly Kind[] = [HTTP_API_SPEC, HTTP_API_SPEC_BINDING, QUOTA_SPEC, QUOTA_SPEC_BINDING];

const written = KINDS.filter((kind) => kind.written);

/** The classic paths. Every kind that users write stands in exactly one of them. */
export const ADMISSION_PATHS: readonly AdmissionPath[] = [
  {
    path: '/admitpilot',
    webhook: 'pilot.validation.istio.io',
    kinds: written.filter((kind) => kind.group !== MIXER_GROUP || OF_PILOT.includes(kind)),
  },
  {
    path: '/admitmixer',
    webhook: 'mixer.validation.istio.io',
    kinds: written.filter((kind) => kind.group === MIXER_GROUP && !OF_PILOT.includes(kind)),
  },
];
