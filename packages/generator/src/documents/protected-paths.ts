import { workflowsFolder } from '../plan/service.ts'
import type { Scope } from '../scope.ts'
import { lockName } from '../site-files/lock.ts'
import type { Document } from './document.ts'
import { withHeader } from './header.ts'

/** The paths that branch protection should let nobody change without a review. */
export const protectedPaths: Document = {
  source: () => source,
  text: protectedPathsText,
  from: () => ['forge'],
}

const source = 'packages/generator/src/documents/protected-paths.ts'

function protectedPathsText(scope: Scope): string {
  const { site } = scope
  const globs = [`**/${workflowsFolder(site)}/**`, 'platform/**', 'tiers.yaml', lockName, 'keys/**']
  const how =
    site.forge === 'gitea'
      ? '# Gitea, branch protection, "Protected file patterns": paste this line.'
      : '# GitHub, repository ruleset, "Restrict file paths": one of these each.'
  return withHeader(scope, source, [how, ...(site.forge === 'gitea' ? [globs.join(';')] : globs)])
}
