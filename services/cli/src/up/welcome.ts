import { join } from 'node:path';
import { TRY_FOLDER } from '../checkout.ts';

export type Welcome = {
  readonly name: string;
  readonly page: string;
  readonly configFolder: string;
  readonly logs: string;
  readonly metrics: string;
};

/** What a person reads when the mesh is up: what to open, where to edit, what to try. */
export function welcomeText({ name, page, configFolder, logs, metrics }: Welcome): string {
  const bookinfo = join(configFolder, 'bookinfo.yaml');
  const command = 'npm run -s quintet --';
  const only = name === DEFAULT_MESH ? '' : ` --mesh ${name}`;
  return `
  Product page    ${page}
  Configuration   ${configFolder}   (edit a file: it takes effect at once)
  Logs            ${logs}

  Five things to try, each in another terminal:

  1. Shift traffic: half of the readers get stars.
     sed -i 's/weight: 90/weight: 50/; s/weight: 10/weight: 50/' ${bookinfo}
  2. Break it on purpose: ratings fail, the page says so.   (undo: rm ${join(configFolder, 'break-ratings.yaml')})
     cp ${join(TRY_FOLDER, 'break-ratings.yaml')} ${configFolder}/
  3. Deny it: mixer refuses calls to details.   (undo: rm ${join(configFolder, 'deny-details.yaml')})
     cp ${join(TRY_FOLDER, 'deny-details.yaml')} ${configFolder}/
  4. Read metrics: who called whom, and how it went.
     curl -s ${metrics} | grep ^istio_requests_total
  5. Watch events: what the services did and decided.
     ${command} events --follow${only}

  Ctrl-C ends the mesh.
`;
}

/** Name of a mesh that was given none. */
export const DEFAULT_MESH = 'quintet';
