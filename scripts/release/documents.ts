import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { actions } from '../bundle.ts'
import { root } from '../root.ts'

const perAction = actions.flatMap((name) => [
  `actions/${name}/README.md`,
  `actions/${name}/action.yml`,
])

/** Where a file of the checkout stands in a release, for those that are copied. */
const places: ReadonlyMap<string, string> = new Map(
  ['LICENSE', 'actions/README.md', 'docs/errors.md', ...perAction].map((path) => [
    path,
    path.replace(/^actions\//, ''),
  ]),
)

/** The texts of a release by their place in it, as the owner's consumers read and copy them. */
export function releaseDocuments(owner: string): ReadonlyMap<string, string> {
  const texts = [...places].map(([path, place]): [string, string] => {
    const text = readFileSync(join(root, path), 'utf8')
    return [place, path.endsWith('.md') ? released(text, path, owner) : text]
  })
  return new Map(texts)
}

function released(text: string, path: string, owner: string): string {
  const owned = text.replaceAll('uses: org/actions/', `uses: ${owner}/actions/`)
  // Relative links only: an address has a colon, and a heading of the same page no path.
  return owned.replaceAll(
    /\[([^\]]+)\]\(([^)\s:#]+)(#[^)\s]*)?\)/g,
    (_link, words: string, target: string, anchor = '') => {
      const place = places.get(posix.join(posix.dirname(path), target))
      // What explains our reasons stays with the source.
      if (place === undefined) return words
      const from = posix.dirname(places.get(path) ?? '')
      return `[${words}](${posix.relative(from, place)}${anchor})`
    },
  )
}
