import { repositoryFiles, textOf } from './sources.ts'

/** Something that a file says, and where: `path:line`. */
export interface Saying {
  readonly place: string
  readonly text: string
}

const fence = /^ *```(\w*)\n(.*?)^ *```$/gms

/** Every document of the tree. */
export const documents: readonly string[] = repositoryFiles().filter((path) => path.endsWith('.md'))

/** The text of a document with nothing in the place of its fenced blocks; lines keep their numbers. */
export function proseOf(path: string): string {
  return textOf(path).replace(fence, (block) => block.replaceAll(/[^\n]/g, ''))
}

/** The fenced blocks of a document in one language. */
export function blocksOf(path: string, language: string): readonly Saying[] {
  const text = textOf(path)
  return [...text.matchAll(fence)]
    .filter(([, name]) => name === language)
    .map(({ index, 2: body = '' }) => ({ place: placeOf(path, text, index), text: body }))
}

/** What a pattern finds in a text of this path: its first group, or the whole where it has none. */
export function sayingsOf(path: string, text: string, pattern: RegExp): readonly Saying[] {
  return [...text.matchAll(pattern)].map((match) => ({
    place: placeOf(path, text, match.index),
    text: match[1] ?? match[0],
  }))
}

/** The sayings that are not as they should be, as a test shows them. */
export function listOf(sayings: readonly Saying[], isGood: (text: string) => boolean) {
  return sayings.flatMap(({ place, text }) => (isGood(text) ? [] : [`${place}: ${text}`]))
}

function placeOf(path: string, text: string, offset: number): string {
  return `${path}:${text.slice(0, offset).split('\n').length}`
}
