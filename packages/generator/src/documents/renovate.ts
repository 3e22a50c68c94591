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

const source = 'source: *"?(?<depName>[^\\s",}]+)'
const version = 'version: *"?(?<currentValue>v?[0-9][0-9A-Za-z.-]*)'
const sha = 'sha: *"?(?<currentDigest>[0-9a-f]{40})'
// A quote and a comma of flow style, a comment of block style, the next line.
const between = '"?,?(?: *#[^\\n]*)?\\s+'

/** Every order of the fields: tiers.yaml takes any, and a regular expression one. */
function orders(fields: readonly string[]): readonly (readonly string[])[] {
  if (fields.length < 2) return [fields]
  return fields.flatMap((first) =>
    orders(fields.filter((field) => field !== first)).map((rest) => [first, ...rest]),
  )
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
        matchStrings: orders([source, version, sha]).map((fields) => fields.join(between)),
        datasourceTemplate: `${site.forge}-tags`,
        ...(site.forge === 'gitea' ? { registryUrlTemplate: site.forgeAddress } : {}),
      },
    ],
  }
  return `${JSON.stringify(rule, undefined, 2)}\n`
}
