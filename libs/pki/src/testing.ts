export { type ForgeEntity, forgeCertificate, forgeCsr, forgeKeys } from './testing/forge-authority.ts';
