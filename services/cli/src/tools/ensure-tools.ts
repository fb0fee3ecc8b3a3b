import { ENVOY, NATS_SERVER } from './catalogue.ts';
import { ensureTool, type ToolContext } from './ensure-tool.ts';

/** Paths of the programs of the mesh. */
export type ToolPaths = { readonly envoy: string; readonly natsServer: string };

/** Finds or fetches all tools, side by side. Throws the MeshError of the first that cannot be had. */
export async function ensureTools(context: ToolContext): Promise<ToolPaths> {
  const [envoy, natsServer] = await Promise.all([
    ensureTool(ENVOY, context),
    ensureTool(NATS_SERVER, context),
  ]);
  return { envoy, natsServer };
}
