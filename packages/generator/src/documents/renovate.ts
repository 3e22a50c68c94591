import type { Scope } from '../scope.ts'
import type { Document } from './document.ts'

/**
 * A Renovate rule that moves the actions in tiers.yaml and leaves generated files alone: a bot that edits
 * what is generated makes every check fail, and the next generate undoes it. JSON has no comments, so this
 * file has no header; the lock knows it all the same.
 */
export const renovate: Document = {
  source: () => 'packages/generator/src/documents/renovate.ts',
  text: renovateText,
  from: (line) =>
    line.includes('registryUrl') ? ['forgeAddress', 'gitops.repository'] : ['generator', 'forge'],
}

function renovateText({ site }: Scope): string {
  const rule = {
    $schema: 'https://docs.renovatebot.com/renovate-schema.json',
    ignorePaths: ['platform/**', `**/.${site.forge}/workflows/deploy-*.yaml`],
    customManagers: [
      {
        customType: 'regex',
        description: 'Actions are pinned in tiers.yaml; run tierseal generate on the branch.',
        managerFilePatterns: ['/(^|/)tiers\\.yaml$/'],
        matchStrings: [
          'source: (?<depName>[^\\s]+)\\s+version: (?<currentValue>v?[0-9.]+)\\s+sha: "?(?<currentDigest>[0-9a-f]{40})',
        ],
        datasourceTemplate: `${site.forge}-tags`,
        ...(site.forge === 'gitea' ? { registryUrlTemplate: site.forgeAddress } : {}),
      },
    ],
  }
  return `${JSON.stringify(rule, undefined, 2)}\n`
}
