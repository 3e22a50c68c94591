export { hunksOf, hunkText } from './diff/hunks.ts'
export type { DiffLine } from './diff/line-diff.ts'
export { openingCommands } from './openings/cluster-object.ts'
export { type Openings, readOpenings } from './openings/find-openings.ts'
export { type ConfigKey, isKeyFile } from './origin/config-key.ts'
export { linesOfKey, type Origin, originOfLine } from './origin/origin.ts'
export { type ActionPin, pinActions } from './pin-actions.ts'
export { inService } from './plan/service.ts'
export type { PublicKeys } from './plan.ts'
export {
  demandOwnKeys,
  parsePublicKeys,
  publicKeyFile,
  readPublicKeys,
} from './public-keys.ts'
export type { RenderedFile } from './render.ts'
export { renderSite } from './render-site.ts'
export { schemaFile, schemaPath } from './schema-file.ts'
export { SiteFolder } from './site-files/folder.ts'
export { type Generated, type GenerateOptions, generateSite } from './site-files/generate.ts'
export { type FileState, type State, siteState } from './site-files/state.ts'
export { isLeftOver, writeTogether } from './site-files/write.ts'
export { type DesiredVault, parseDesiredVault, policyLines } from './vault/desired.ts'
