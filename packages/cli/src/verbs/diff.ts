import { type FileState, hunksOf, hunkText, originOfLine, siteState } from '@tierseal/generator'
import { changedLines, ownerTexts } from '../owners.ts'
import { configHelp, configOption } from '../site-context.ts'
import { openTarget, type Target, targetHelp, targetOptions } from '../target.ts'
import type { Verb } from '../verb.ts'

export const diff: Verb = {
  name: 'diff',
  words: '',
  summary: 'show what generate would change, and which key owns each change',
  help: `A unified diff from what is on disk to what tiers.yaml asks for. Below each hunk stand the lines of the
templates and the keys of tiers.yaml that own the changed lines. Ends with 1 where there is a
difference.`,
  options: { ...configOption, ...targetOptions },
  optionHelp: { ...configHelp, ...targetHelp },
  run: (invocation) => {
    const target = openTarget(invocation)
    const drifted = siteState(target.loaded.site, target.files, target.place).filter(
      ({ state }) => state !== 'clean',
    )
    const diffs = drifted.map((file) => ({
      path: file.path,
      state: file.state,
      diff: diffText(target, file),
    }))
    return {
      exitCode: drifted.length === 0 ? 0 : 1,
      json: { files: diffs },
      text: diffs.length === 0 ? 'no difference' : diffs.map((file) => file.diff).join('\n'),
    }
  },
}

function diffText(
  { loaded, files }: Target,
  { path, state, found = '', wanted }: FileState,
): string {
  const after = wanted?.text ?? ''
  const head = `--- ${path} (${state})\n+++ ${path} (as tiers.yaml asks)`
  const length = after.replace(/\n$/, '').split('\n').length
  const hunks = hunksOf(found, after).map((hunk) => {
    const lines = wanted === undefined ? [] : changedLines(hunk.lines, length)
    const origins = [...new Set(lines)].map((line) => originOfLine(loaded, files, path, line))
    const owners = ownerTexts(loaded.source.file, origins)
    return [
      hunkText(hunk),
      ...(owners.length === 0 ? [] : [`# owned by ${owners.join(', ')}`]),
    ].join('\n')
  })
  return [head, ...hunks].join('\n')
}
