import { workflowsFolder } from '../plan/service.ts'
import type { Scope } from '../scope.ts'
import { lockName } from '../site-files/lock.ts'
import type { Document } from './document.ts'
import { withHeader } from './header.ts'

/**
 * A suggestion for the CODEOWNERS of each service's repository and of the site's own. Gitea reads patterns
 * as anchored regular expressions, GitHub as globs; Gitea looks in .gitea/ and docs/, never in .github/.
 */
export const codeowners: Document = {
  source: () => source,
  text: codeownersText,
  from: (line) => (line.startsWith('#') ? ['forge'] : ['owners', 'actions.source', 'forge']),
}

const source = 'packages/generator/src/documents/codeowners.ts'

function codeownersText(scope: Scope): string {
  const { site } = scope
  const owners = site.owners.join(' ')
  const paths = [`${workflowsFolder(site)}/`, 'platform/', 'tiers.yaml', lockName, 'keys/']
  const lines = paths.map((path) => `${pattern(site.forge, path)} ${owners}`)
  const place = site.forge === 'gitea' ? '.gitea/CODEOWNERS' : '.github/CODEOWNERS'
  return withHeader(scope, source, [
    `# Copy these lines to ${place}. With branch protection that asks for a review by an owner, nobody`,
    '# changes a workflow, a policy or a tier alone.',
    ...lines,
  ])
}

function pattern(forge: Scope['site']['forge'], path: string): string {
  if (forge === 'gitea') return `(.*/)?${path.replaceAll('.', '\\.')}.*`
  const anywhere = path.startsWith('.') ? `**/${path}` : `/${path}`
  return path.endsWith('/') ? anywhere : `${anywhere}*`
}
