import { admissionFindings } from './combinations/admission.ts'
import { generatorFindings } from './combinations/generator-version.ts'
import { namesFindings } from './combinations/names.ts'
import { separationFindings } from './combinations/separation.ts'
import { signatureFindings } from './combinations/signature.ts'
import { transportFindings } from './combinations/transport.ts'
import type { Finding } from './finding.ts'
import type { Site } from './site.ts'
import type { YamlSource } from './source.ts'

const rules: readonly ((site: Site, source: YamlSource) => readonly Finding[])[] = [
  generatorFindings,
  namesFindings,
  separationFindings,
  signatureFindings,
  transportFindings,
  admissionFindings,
]

/** Everything that each value allows by itself and no chain can work with, or no tier stay apart with. */
export function combinationFindings(site: Site, source: YamlSource): readonly Finding[] {
  return rules
    .flatMap((rule) => rule(site, source))
    .sort((left, right) => left.line - right.line || left.column - right.column)
}
