import { applySplices } from '@tierseal/yaml-edit'
import { headerLines } from './documents/header.ts'
import type { PlannedFile } from './plan/planned-file.ts'
import type { Scope } from './scope.ts'
import { spliceTemplate, type TracedSplice } from './template/fill.ts'
import type { Template } from './template/template.ts'
import type { Templates } from './templates.ts'
import { lookupIn } from './values/catalogue.ts'

/** A filled template, so that every line of the file can be traced back. */
export interface Trace {
  readonly template: Template
  readonly splices: readonly TracedSplice[]
  /** The lines that stand above the template's own. */
  readonly headerLines: number
}

/** One generated file, in memory. */
export interface RenderedFile {
  readonly path: string
  readonly scope: Scope
  readonly text: string
  /** Undefined for what is not made from a template. */
  readonly trace: Trace | undefined
  readonly planned: PlannedFile
}

/** @throws KnownError TEMPLATE_INVALID */
export function renderFile(templates: Templates, planned: PlannedFile): RenderedFile {
  const { path, scope, content } = planned
  if (typeof content !== 'string') {
    const text = content.text(scope, (name) => fill(templates.get(name), scope).text)
    return { path, scope, text, planned, trace: undefined }
  }
  const template = templates.get(content)
  const { text, splices } = fill(template, scope)
  const header = headerLines(scope, `workflows/${content}`)
  return {
    ...{ path, scope, planned },
    text: `${header.join('\n')}\n${text}`,
    trace: { template, splices, headerLines: header.length },
  }
}

function fill(
  template: Template,
  scope: Scope,
): { text: string; splices: readonly TracedSplice[] } {
  const splices = spliceTemplate(template, lookupIn(scope))
  return { text: applySplices(template.text, splices), splices }
}
