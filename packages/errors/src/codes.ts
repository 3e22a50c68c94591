import type { CodeTable } from './code-entry.ts'
import { assertCodes } from './codes/assert.ts'
import { buildCodes } from './codes/build.ts'
import { fetchCodes } from './codes/fetch.ts'
import { inputCodes } from './codes/input.ts'
import { networkCodes } from './codes/network.ts'
import { pinCodes } from './codes/pin.ts'
import { registryCodes } from './codes/registry.ts'
import { releaseCodes } from './codes/release.ts'
import { signCodes } from './codes/sign.ts'
import { siteCodes } from './codes/site.ts'
import { toolCodes } from './codes/tool.ts'
import { yamlCodes } from './codes/yaml.ts'

// Every error code there is: what is not in here is no code, and what is stands in docs/errors.md.
const groups = [
  ['Inputs', inputCodes],
  ['Tools and rights', toolCodes],
  ['Reaching a server', networkCodes],
  ['Registry', registryCodes],
  ['1 build: kaniko-build', buildCodes],
  ['2 assert: assert-digest', assertCodes],
  ['3 fetch: vault-fetch-key', fetchCodes],
  ['4 sign: cosign-sign', signCodes],
  ['5 pin: kustomize-pin', pinCodes],
  ['YAML files that are edited', yamlCodes],
  ['tiers.yaml and generated files', siteCodes],
  ['Releases of the actions: npm run release', releaseCodes],
] as const

type KeysOf<Table> = Table extends CodeTable ? keyof Table : never

/** The closed union of error codes. */
export type Code = KeysOf<(typeof groups)[number][1]>

/** The same codes by the part of the chain that they belong to; docs/errors.md is rendered from it. */
export const codeGroups: ReadonlyArray<readonly [title: string, codes: CodeTable]> = groups
