import type { RenderedFile, Trace } from '../render.ts'
import type { TracedSplice } from '../template/fill.ts'

/** Where one line of a generated file comes from. */
export interface LineTrace {
  /** From 1, in the generated file. */
  readonly line: number
  readonly text: string
  /** From 1, in the template; undefined in the header and in files without a template. */
  readonly templateLine: number | undefined
  /** The placeholders that filled the line. */
  readonly placeholders: readonly string[]
}

interface Segment {
  readonly length: number
  readonly templateOffset: number
  readonly placeholders: readonly string[]
}

/** The origin of every line of a generated file. */
export function traceLines({ text, trace }: RenderedFile): readonly LineTrace[] {
  const lines = text.replace(/\n$/, '').split('\n')
  const header = trace?.headerLines ?? lines.length
  const plain = lines.slice(0, header).map((line, index) => ({
    ...{ line: index + 1, text: line, templateLine: undefined, placeholders: [] },
  }))
  return trace === undefined ? plain : [...plain, ...filledLines(lines.slice(header), trace)]
}

function filledLines(lines: readonly string[], trace: Trace): readonly LineTrace[] {
  const segments = segmentsOf(trace)
  const traced: LineTrace[] = []
  let offset = 0
  for (const [index, text] of lines.entries()) {
    const parts = segmentsIn(segments, offset, offset + text.length + 1)
    const [first] = parts
    traced.push({
      line: trace.headerLines + index + 1,
      text,
      templateLine: first === undefined ? undefined : lineAt(trace.template.text, first.at),
      placeholders: [...new Set(parts.flatMap(({ placeholders }) => placeholders))],
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
