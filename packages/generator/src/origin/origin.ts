import { KnownError } from '@tierseal/errors'
import type { LoadedSite } from '@tierseal/tiers'
import type { RenderedFile } from '../render.ts'
import { askedKey } from './asked-key.ts'
import { type ConfigKey, configKeysOf } from './config-key.ts'
import { type LineTrace, traceLines } from './trace-lines.ts'

/** One generated line and what owns it. */
export interface Origin {
  readonly path: string
  readonly line: number
  readonly text: string
  /** `workflows/deploy.yaml:17`, or the source file of what is made from no template. */
  readonly template: string
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

/** @throws KnownError ORIGIN_UNKNOWN where nothing is made from the key, or there is no such key */
export function linesOfKey(
  loaded: LoadedSite,
  files: readonly RenderedFile[],
  asked: string,
): readonly Origin[] {
  const key = askedKey(loaded, asked)
  const origins = files.flatMap((file) =>
    traceLines(file)
      .filter(({ from }) => from.length > 0)
      .map((traced) => originOf(loaded, file, traced))
      .filter(({ keys }) => keys.some((candidate) => isWithin(candidate.key, key))),
  )
  if (origins.length > 0) return origins
  throw new KnownError('ORIGIN_UNKNOWN', `no line of this site is made from ${key}`, {
    hint: 'It is a key of tiers.yaml that is only checked, or that has no effect beside the others.',
  })
}

// A value may be taken whole, and what is asked for be a part of it.
function isWithin(key: string, asked: string): boolean {
  const below = (inner: string, outer: string): boolean =>
    inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`)
  return key === asked || below(key, asked) || below(asked, key)
}

function originOf(loaded: LoadedSite, { path, scope }: RenderedFile, traced: LineTrace): Origin {
  const { source, from, line, text } = traced
  return { path, line, text, template: source, keys: configKeysOf(loaded, scope, from) }
}
