import type { RenderedFile } from '@tierseal/generator'
import { type FileState, hunksOf, hunkText, originOfLine, siteState } from '@tierseal/generator'
import { keyText } from '../key-text.ts'
import { configHelp, configOption, type SiteContext } from '../site-context.ts'
import { openTarget, targetHelp, targetOptions } from '../target.ts'
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
    const context = openTarget(invocation)
    const { files } = context
    const drifted = siteState(context.loaded.site, files, context.place).filter(
      ({ state }) => state !== 'clean',
    )
    const diffs = drifted.map((file) => ({
      path: file.path,
      state: file.state,
      diff: diffText(context, files, file),
    }))
    return {
      exitCode: drifted.length === 0 ? 0 : 1,
      json: { files: diffs },
      text: diffs.length === 0 ? 'no difference' : diffs.map((file) => file.diff).join('\n'),
    }
  },
}

function diffText(context: SiteContext, files: readonly RenderedFile[], file: FileState): string {
  const { path, state, found = '', wanted } = file
  const head = `--- ${path} (${state})\n+++ ${path} (as tiers.yaml asks)`
  const hunks = hunksOf(found, wanted?.text ?? '').map((hunk) => {
    const added = hunk.lines.filter(({ kind }) => kind === 'added').map(({ after }) => after)
    return [
      hunkText(hunk),
      ...(wanted === undefined ? [] : owners(context, files, path, added)),
    ].join('\n')
  })
  return [head, ...hunks].join('\n')
}

function owners(
  { loaded }: SiteContext,
  files: readonly RenderedFile[],
  path: string,
  lines: readonly number[],
): readonly string[] {
  const origins = lines.map((line) => originOfLine(loaded, files, path, line))
  const keys = origins.flatMap((origin) =>
    origin.keys.map((key) => keyText(loaded.source.file, key)),
  )
  const unique = [...new Set(keys)]
  return unique.length === 0 ? [] : [`# owned by ${unique.join(', ')}`]
}
