import { KnownError } from '@tierseal/errors'
import type { Splice } from '@tierseal/yaml-edit'
import type { Part, Placeholder } from './placeholder.ts'
import { blockSequence, literalBlock, quotedText, scalarText } from './scalar-text.ts'
import type { Slot, Template } from './template.ts'
import { isCommented, isList, type Value } from './value.ts'

/** One replacement in a template's text, and the placeholders that it comes from. */
export interface TracedSplice extends Splice {
  readonly placeholders: readonly string[]
}

/** Gives the value of a placeholder by its path. */
export type Lookup = (path: string) => Value

/** The replacements that fill a template; they do not overlap and stand in order. */
export function spliceTemplate(template: Template, lookup: Lookup): readonly TracedSplice[] {
  return template.slots.map((slot) => fillSlot(template, slot, lookup))
}

function fillSlot(template: Template, slot: Slot, lookup: Lookup): TracedSplice {
  const placeholders = slot.parts.filter((part) => typeof part === 'object')
  const paths = placeholders.map(({ path }) => path)
  const [only] = slot.parts
  if (slot.parts.length === 1 && typeof only === 'object' && slot.quote === '') {
    return fillWhole(template, slot, only, lookup(only.path))
  }
  const text = slot.parts.map((part) => partText(template, part, lookup)).join('')
  const { start, end } = slot
  return { start, end, text: requote(slot, text), placeholders: paths }
}

function requote({ quote }: Slot, text: string): string {
  if (quote !== '') return quote + quotedText(text, quote) + quote
  return scalarText(text)
}

function fillWhole(template: Template, slot: Slot, part: Placeholder, value: Value): TracedSplice {
  const placeholders = [part.path]
  if (value === undefined && part.optional) return { ...slot.lines, text: '', placeholders }
  const { start, end } = slot
  // A list starts on the line after its key: the blank before it would trail.
  const blank = isList(value) && !slot.inFlow ? 1 : 0
  const text = wholeText(template, slot, part, value)
  return { start: start - blank, end, text, placeholders }
}

function wholeText(template: Template, slot: Slot, part: Placeholder, value: Value): string {
  if (isList(value)) {
    return slot.inFlow ? JSON.stringify(value) : blockSequence(value, slot.column)
  }
  if (isCommented(value)) return `${scalarText(value.text)} # ${value.comment}`
  if (typeof value !== 'string') return partText(template, part, () => value)
  return value.includes('\n') ? literalBlock(value, slot.column) : scalarText(value)
}

function partText(template: Template, part: Part, lookup: Lookup): string {
  if (typeof part === 'string') return part
  const value = lookup(part.path)
  if (value === undefined || typeof value === 'object') {
    const found = value === undefined ? 'has no value' : 'is more than a text'
    throw new KnownError('TEMPLATE_INVALID', `${template.name}: ((${part.path})) ${found} here`)
  }
  return String(value)
}
