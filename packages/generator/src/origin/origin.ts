import { KnownError } from '@tierseal/errors'
import type { LoadedSite } from '@tierseal/tiers'
import type { RenderedFile } from '../render.ts'
import { type ConfigKey, configKeysOf, fullKey } from './config-key.ts'
import { type LineTrace, traceLines } from './trace-lines.ts'

/** One generated line and what owns it. */
export interface Origin {
  readonly path: string
  readonly line: number
  readonly text: string
  /** `workflows/deploy.yaml:17`, or undefined for the header and for what has no template. */
  readonly template: string | undefined
  readonly keys: readonly ConfigKey[]
}

/** @throws KnownError ORIGIN_UNKNOWN where no such line is generated */
export function originOfLine(
  loaded: LoadedSite,
  files: readonly RenderedFile[],
  path: string,
  line: number,
): Origin {
  const file = files.find((candidate) => candidate.path === path)
  if (file === undefined) {
    throw new KnownError('ORIGIN_UNKNOWN', `${path} is not generated from this tiers.yaml`, {
      hint: 'Give the path from the folder of tiers.yaml; tierseal check lists them.',
    })
  }
  const traced = traceLines(file)[line - 1]
  if (traced !== undefined) return originOf(loaded, file, traced)
  throw new KnownError('ORIGIN_UNKNOWN', `${path} has no line ${line}`, {
    hint: `It has ${traceLines(file).length} lines as it should be generated.`,
  })
}

/** @throws KnownError ORIGIN_UNKNOWN where nothing is made from the key */
export function linesOfKey(
  loaded: LoadedSite,
  files: readonly RenderedFile[],
  asked: string,
): readonly Origin[] {
  const key = fullKey(loaded, asked)
  const origins = files.flatMap((file) =>
    traceLines(file)
      .filter(({ placeholders }) => placeholders.length > 0)
      .map((traced) => originOf(loaded, file, traced))
      .filter(({ keys }) => keys.some((candidate) => isWithin(candidate.key, key))),
  )
  if (origins.length > 0) return origins
  throw new KnownError('ORIGIN_UNKNOWN', `no generated line is made from ${key}`, {
    hint: 'Name a key as <tier>.vault.role, <service>.context or registry.host.',
  })
}

function isWithin(key: string, asked: string): boolean {
  return key === asked || key.startsWith(`${asked}.`) || key.startsWith(`${asked}[`)
}

function originOf(loaded: LoadedSite, file: RenderedFile, traced: LineTrace): Origin {
  const { templateLine, placeholders, line, text } = traced
  const name = file.trace?.template.name
  const keys = placeholders.flatMap((placeholder) => configKeysOf(loaded, file.scope, placeholder))
  return {
    ...{ path: file.path, line, text },
    template: templateLine === undefined ? undefined : `workflows/${name ?? ''}:${templateLine}`,
    keys: keys.filter((key, index) => keys.findIndex((other) => other.key === key.key) === index),
  }
}
