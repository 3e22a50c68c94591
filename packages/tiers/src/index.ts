export { foreignPattern, tierNamedIn } from './belongings.ts'
export { type Finding, renderFinding } from './finding.ts'
export { generatorVersion } from './generator-version.ts'
export { jsonSchemaText, schemaAt } from './json-schema.ts'
export { inspectSite, type LoadedSite, type Loading, loadSite } from './load.ts'
export { nameOf } from './schema-findings.ts'
export type {
  Credentials,
  PinnedAction,
  PolicyKind,
  Service,
  SignatureFormat,
  Site,
  Tier,
} from './site.ts'
export { type KeyPath, type Position, YamlSource } from './source.ts'
export { suggest } from './suggest.ts'
export { isOlder } from './version.ts'
