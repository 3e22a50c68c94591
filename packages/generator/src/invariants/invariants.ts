import { KnownError } from '@tierseal/errors'
import type { Site } from '@tierseal/tiers'
import { traceLines } from '../origin/trace-lines.ts'
import type { RenderedFile } from '../render.ts'
import { disagreements } from './agreement.ts'
import { expressions } from './expressions.ts'
import { lostGuards } from './guards.ts'
import { pinnedUses } from './pinned-uses.ts'
import { LeakScan } from './separation.ts'
import { NameScan } from './tier-names.ts'
import { lineOf, type Violation } from './violation.ts'
import { workflowShape } from './workflow-shape.ts'

/** Every broken promise in a rendered site. */
export function findViolations(site: Site, files: readonly RenderedFile[]): readonly Violation[] {
  const scan = new LeakScan(site)
  const names = new NameScan(site)
  return [
    ...files.flatMap((file) => [
      ...leftOvers(file),
      ...workflowShape(file),
      ...pinnedUses(file),
      ...expressions(file),
      ...lostGuards(file),
      ...scan.leaks(file),
      ...names.foreignNames(file),
    ]),
    ...disagreements(files),
  ]
}

/** @throws KnownError INVARIANT_BROKEN, naming every place */
export function assertInvariants(site: Site, files: readonly RenderedFile[]): void {
  const violations = findViolations(site, files)
  if (violations.length === 0) return
  const byPath = new Map(files.map((file) => [file.path, file]))
  const list = violations.map(
    ({ path, line, message, invariant }) =>
      `  ${path}${line === undefined ? '' : `:${line}`}: ${message} (${invariant})${madeFrom(byPath.get(path), line)}`,
  )
  throw new KnownError(
    'INVARIANT_BROKEN',
    `the rendered files break promises:\n${list.join('\n')}`,
    {
      hint: 'Correct the template, or the keys of tiers.yaml that it names. Nothing was written.',
    },
  )
}

// Nothing was written, so no other command could tell.
function madeFrom(file: RenderedFile | undefined, line: number | undefined): string {
  if (file === undefined || line === undefined) return ''
  const traced = traceLines(file)[line - 1]
  return traced === undefined ? '' : `\n    from ${[traced.source, ...traced.from].join(', ')}`
}

function leftOvers({ path, text, trace }: RenderedFile): readonly Violation[] {
  const found = trace === undefined ? -1 : text.indexOf('((')
  if (found === -1) return []
  const message = 'a placeholder was not filled in'
  return [{ invariant: 'every placeholder is filled in', path, line: lineOf(text, found), message }]
}
