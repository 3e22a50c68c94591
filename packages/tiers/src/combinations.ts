import { admissionFindings } from './combinations/admission.ts'
import { foreignFindings } from './combinations/foreign.ts'
import { generatorFindings } from './combinations/generator-version.ts'
import { namesFindings } from './combinations/names.ts'
import { namespaceFindings } from './combinations/namespaces.ts'
import { pinFindings } from './combinations/pin.ts'
import { secretsFindings } from './combinations/secrets.ts'
import { separationFindings } from './combinations/separation.ts'
import { signatureFindings } from './combinations/signature.ts'
import { supportedFindings } from './combinations/supported.ts'
import { transportFindings } from './combinations/transport.ts'
import { byPosition, elsewhere, type Finding } from './finding.ts'
import type { Site } from './site.ts'
import type { YamlSource } from './source.ts'

const rules: readonly ((site: Site, source: YamlSource) => readonly Finding[])[] = [
  generatorFindings,
  namesFindings,
  separationFindings,
  namespaceFindings,
  secretsFindings,
  signatureFindings,
  transportFindings,
  admissionFindings,
  supportedFindings,
  pinFindings,
]

/** Everything that each value allows by itself and no chain can work with, or no tier stay apart with. */
export function combinationFindings(site: Site, source: YamlSource): readonly Finding[] {
  const found = rules.flatMap((rule) => rule(site, source))
  return [...found, ...elsewhere(foreignFindings(site, source), found)].sort(byPosition)
}
