import type { RenderedFile } from '../render.ts'
import { links } from '../values/links.ts'
import { isWorkflow, lineOf, type Violation } from './violation.ts'

/** Every `uses:` is one of the actions of tiers.yaml at its commit, and nothing else. */
export function pinnedUses({ path, text, scope }: RenderedFile): readonly Violation[] {
  if (!isWorkflow(path)) return []
  const { actions, checkout } = scope.site
  const allowed = new Set([
    `${checkout.source}@${checkout.sha}`,
    ...links.map((link) => `${actions.source}/${link}@${actions.sha}`),
  ])
  return [...text.matchAll(/^[ -]*uses: *(\S*)/gm)]
    .filter((match) => !allowed.has(match[1] ?? ''))
    .map((match) => ({
      invariant: 'every action is pinned to the commit in tiers.yaml',
      path,
      line: lineOf(text, match.index),
      message: `uses ${match[1] ?? 'nothing'}`,
    }))
}
