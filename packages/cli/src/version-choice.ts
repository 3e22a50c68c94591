import { KnownError } from '@tierseal/errors'
import { suggest } from '@tierseal/tiers'
import type { Tags } from './git-tags.ts'

/** The release to take, and its commit. @throws KnownError ACTION_RELEASE_UNKNOWN */
export function chooseVersion(
  source: string,
  tags: Tags,
  written: string,
  latest: boolean,
): { readonly version: string; readonly sha: string } {
  const version = latest ? (highest([...tags.keys()]) ?? written) : written
  const sha = tags.get(version)
  if (sha !== undefined) return { version, sha }
  const meant = suggest(version, tags.keys())
  throw new KnownError('ACTION_RELEASE_UNKNOWN', `${source} has no release ${version}`, {
    hint:
      meant === undefined
        ? 'Push the release tree to the mirror first.'
        : `Did you mean ${meant}? With --latest the highest release is taken.`,
  })
}

function highest(tags: readonly string[]): string | undefined {
  return tags
    .filter((tag) => /^v\d+\.\d+\.\d+$/.test(tag))
    .sort((left, right) => compare(numbers(left), numbers(right)))
    .at(-1)
}

function numbers(tag: string): readonly number[] {
  return tag.slice(1).split('.').map(Number)
}

function compare(left: readonly number[], right: readonly number[]): number {
  const index = left.findIndex((part, at) => part !== right[at])
  return index === -1 ? 0 : (left[index] ?? 0) - (right[index] ?? 0)
}
