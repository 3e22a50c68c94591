import { publicKeyFile } from '@tierseal/generator'
import type { Site } from '@tierseal/tiers'
import type { SiteContext } from './site-context.ts'

// What init writes: no commit has this name.
const noCommit = /^0+$/

/** What keeps a site from working though its files are as they should be: for a machine, and as lines for a person. */
export interface Warnings {
  readonly json: {
    /** Their images are all refused. */
    readonly tiersWithoutKey: readonly string[]
    /** The actions whose commits tiers.yaml does not say yet; a workflow that names them cannot start. */
    readonly unpinned: readonly string[]
    /** Where refusals point to, or null where they name a page without an address. */
    readonly runbooks: string | null
  }
  readonly lines: readonly string[]
}

export function warningsOf(context: SiteContext): Warnings {
  const { site } = context.loaded
  const tiersWithoutKey = keylessTiers(context)
  const names = unpinned(site)
  const runbooks = site.policy.runbooks ?? null
  return {
    json: { tiersWithoutKey, unpinned: names, runbooks },
    lines: [
      ...tiersWithoutKey.map(
        (tier) =>
          `warning: tier ${tier} has no key on record, so its images are all refused: tierseal keys init ${tier}`,
      ),
      ...(names.length === 0
        ? []
        : [
            `warning: ${names.join(' and ')} of tiers.yaml have no commit yet: tierseal update-actions`,
          ]),
      ...(runbooks === null
        ? [
            'warning: policy.runbooks of tiers.yaml is not set, so refusals name a page without its address',
          ]
        : []),
    ],
  }
}

function unpinned({ actions, checkout }: Site): readonly string[] {
  return Object.entries({ actions, checkout })
    .filter(([, { sha }]) => noCommit.test(sha))
    .map(([name]) => name)
}

function keylessTiers({ loaded, folder }: SiteContext): readonly string[] {
  const names = loaded.site.tiers.map(({ name }) => name)
  return names.filter((name) => folder.read(publicKeyFile(name)) === undefined)
}
