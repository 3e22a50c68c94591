import { headerLength, headerSource } from '../documents/header.ts'
import type { RenderedFile, Trace } from '../render.ts'
import type { TracedSplice } from '../template/fill.ts'
import { bindingOf } from '../values/catalogue.ts'

/** Where one line of a generated file comes from. */
export interface LineTrace {
  /** From 1, in the generated file. */
  readonly line: number
  readonly text: string
  /** `workflows/deploy.yaml:17`, or the source file that writes the line. */
  readonly source: string
  /** The keys of tiers.yaml that it comes from, as bindings name them. */
  readonly from: readonly string[]
}

interface Segment {
  readonly length: number
  readonly templateOffset: number
  readonly placeholders: readonly string[]
}

const known = new WeakMap<RenderedFile, readonly LineTrace[]>()

/** The origin of every line of a generated file. */
export function traceLines(file: RenderedFile): readonly LineTrace[] {
  const traced = known.get(file) ?? [...headerOf(file), ...bodyOf(file)]
  known.set(file, traced)
  return traced
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n')
}

function headerOf({ text, planned }: RenderedFile): readonly LineTrace[] {
  return linesOf(text)
    .slice(0, headerLength(text))
    .map((line, index) => ({
      line: index + 1,
      text: line,
      source: headerSource,
      from: index === 0 ? ['generator', ...planned.chosenBy] : [],
    }))
}

function bodyOf({ text, trace, scope, planned }: RenderedFile): readonly LineTrace[] {
  const above = headerLength(text)
  const lines = linesOf(text).slice(above)
  const { content } = planned
  if (trace !== undefined) return filledLines(lines, trace)
  if (typeof content === 'string') return []
  return lines.map((line, index) => ({
    line: above + index + 1,
    text: line,
    source: content.source(scope),
    from: content.from(line, scope),
  }))
}

function filledLines(lines: readonly string[], trace: Trace): readonly LineTrace[] {
  const segments = segmentsOf(trace)
  const traced: LineTrace[] = []
  let offset = 0
  for (const [index, text] of lines.entries()) {
    const parts = segmentsIn(segments, offset, offset + text.length + 1)
    const placeholders = new Set(parts.flatMap((part) => part.placeholders))
    const at = lineAt(trace.template.text, parts[0]?.at ?? 0)
    traced.push({
      line: trace.headerLines + index + 1,
      text,
      source: `workflows/${trace.template.name}:${at}`,
      from: [...placeholders].flatMap((placeholder) => bindingOf(placeholder).from),
    })
    offset += text.length + 1
  }
  return traced
}

function segmentsOf({ template, splices }: Trace): readonly Segment[] {
  const segments: Segment[] = []
  let done = 0
  for (const splice of splices) {
    segments.push(copied(done, splice.start), replaced(splice))
    done = splice.end
  }
  return [...segments, copied(done, template.text.length)]
}

function copied(start: number, end: number): Segment {
  return { length: end - start, templateOffset: start, placeholders: [] }
}

function replaced({ start, text, placeholders }: TracedSplice): Segment {
  return { length: text.length, templateOffset: start, placeholders }
}

interface Overlap {
  readonly at: number
  readonly placeholders: readonly string[]
}

function segmentsIn(segments: readonly Segment[], from: number, to: number): readonly Overlap[] {
  const found: Overlap[] = []
  let start = 0
  for (const { length, templateOffset, placeholders } of segments) {
    const end = start + length
    if (start < to && end > from) {
      const into = placeholders.length > 0 ? 0 : Math.max(0, from - start)
      found.push({ at: templateOffset + into, placeholders })
    }
    start = end
  }
  return found
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
