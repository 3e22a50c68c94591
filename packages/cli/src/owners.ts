import {
  type DiffLine,
  type FileState,
  hunksOf,
  type Origin,
  originOfLine,
  type RenderedFile,
} from '@tierseal/generator'
import type { LoadedSite } from '@tierseal/tiers'
import { keyText } from './key-text.ts'

/** Who owns what was changed in a file: by hunk, the origins of the lines that it should have there. */
export function ownersOf(
  loaded: LoadedSite,
  files: readonly RenderedFile[],
  { path, found = '', wanted }: FileState,
): readonly Origin[] {
  if (wanted === undefined) return []
  const length = wanted.text.replace(/\n$/, '').split('\n').length
  const lines = hunksOf(found, wanted.text).flatMap((hunk) => changedLines(hunk.lines, length))
  return [...new Set(lines)].map((line) => originOfLine(loaded, files, path, line))
}

/** The lines of the wanted text that a hunk is about; of what only goes, the line above it. */
export function changedLines(lines: readonly DiffLine[], length: number): readonly number[] {
  const added = lines.filter(({ kind }) => kind === 'added').map(({ after }) => after)
  if (added.length > 0) return added
  const removed = lines.filter(({ kind }) => kind === 'removed')
  return removed.map(({ after }) => Math.min(Math.max(after - 1, 1), length))
}

/** The template lines and the keys of origins, each once. */
export function ownerTexts(file: string, origins: readonly Origin[]): readonly string[] {
  const texts = origins.flatMap(({ template, keys }) => [
    template,
    ...keys.map((key) => keyText(file, key)),
  ])
  return [...new Set(texts)]
}
