/** A text that is followed by a comment, such as a commit sha by the release that it is. */
export interface Commented {
  readonly text: string
  readonly comment: string
}

/** A list of small mappings, one per item. */
export type Rows = readonly Readonly<Record<string, string>>[]

/** What a placeholder can stand for; undefined only where the placeholder is optional. */
export type Value = string | number | boolean | readonly string[] | Rows | Commented | undefined

export function isList(value: Value): value is readonly string[] | Rows {
  return Array.isArray(value)
}

export function isCommented(value: Value): value is Commented {
  return typeof value === 'object' && !isList(value)
}
