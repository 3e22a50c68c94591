import { readFileSync } from 'node:fs'
import { type ActionPin, pinActions, writeTogether } from '@tierseal/generator'
import { listTags, type Tags } from '../git-tags.ts'
import { configHelp, configOption, openSite, type SiteContext } from '../site-context.ts'
import type { Verb } from '../verb.ts'
import { chooseVersion } from '../version-choice.ts'

const entries = ['actions', 'checkout'] as const

export const updateActions: Verb = {
  name: 'update-actions',
  words: '',
  summary: 'resolve the releases of the actions to commits, in tiers.yaml',
  help: `Asks the site's own forge by git for the tags of actions and checkout, and writes the commit of each
version to tiers.yaml; no other service is asked, and no file but tiers.yaml is changed. With --latest
it takes the highest release instead of the one that is written. With --check nothing is written, and
1 is returned where a tag names another commit than tiers.yaml: somebody moved it.`,
  options: {
    ...configOption,
    latest: { type: 'boolean' },
    check: { type: 'boolean' },
    'git-ca': { type: 'string' },
  },
  optionHelp: {
    ...configHelp,
    latest: 'take the highest release',
    check: 'only tell whether tiers.yaml is what the forge says',
    'git-ca': 'FILE  the CA of the forge on this machine',
  },
  run: async (invocation) => {
    const context = openSite(invocation)
    const tags = (source: string): Promise<Tags> =>
      listTags(invocation, `${context.loaded.site.forgeAddress}/${source}.git`)
    const updates: ActionPin[] = []
    for (const entry of entries) {
      const { source, version } = context.loaded.site[entry]
      updates.push({
        entry,
        ...chooseVersion(source, await tags(source), version, invocation.flag('latest')),
      })
    }
    const changed = updates.filter(({ entry, version, sha }) => {
      const now = context.loaded.site[entry]
      return now.version !== version || now.sha !== sha
    })
    const checking = invocation.flag('check')
    if (!checking && changed.length > 0) write(context, changed)
    return {
      exitCode: checking && changed.length > 0 ? 1 : 0,
      json: { changed, checked: updates },
      text:
        changed.length === 0
          ? 'tiers.yaml is what the forge says'
          : changed.map(({ entry, version, sha }) => `${entry}: ${version} is ${sha}`).join('\n'),
    }
  },
}

function write({ config, loaded }: SiteContext, updates: readonly ActionPin[]): void {
  const text = pinActions(loaded.source.file, readFileSync(config, 'utf8'), updates)
  writeTogether([{ path: config, text }])
}
