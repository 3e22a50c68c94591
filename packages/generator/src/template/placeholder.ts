/** `((path))`, or `((path?))` where the value may be absent and its line then goes. */
export interface Placeholder {
  readonly path: string
  readonly optional: boolean
}

/** A scalar of a template, cut at its placeholders. */
export type Part = string | Placeholder

const pattern = /\(\(([a-z][A-Za-z0-9.-]*)(\?)?\)\)/g

/** Cuts a text at its placeholders. */
export function cutPlaceholders(text: string): readonly Part[] {
  const parts: Part[] = []
  let from = 0
  for (const match of text.matchAll(pattern)) {
    if (match.index > from) parts.push(text.slice(from, match.index))
    parts.push({ path: match[1] ?? '', optional: match[2] !== undefined })
    from = match.index + match[0].length
  }
  if (from < text.length) parts.push(text.slice(from))
  return parts
}

/** Whether a text has, or looks as if it should have, a placeholder. */
export function mentionsPlaceholder(text: string): boolean {
  return text.includes('((')
}
