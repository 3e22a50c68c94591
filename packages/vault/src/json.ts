import type { JsonRecord } from '@tierseal/json'

export { isRecord, type JsonRecord, recordOf } from '@tierseal/json'

/** The member as text, or undefined where it is anything else. */
export function textOf(record: JsonRecord | undefined, name: string): string | undefined {
  const value = record?.[name]
  return typeof value === 'string' ? value : undefined
}

/** The member as a number, or undefined where it is anything else. */
export function numberOf(record: JsonRecord | undefined, name: string): number | undefined {
  const value = record?.[name]
  return typeof value === 'number' ? value : undefined
}

/** The member's texts; empty where it is no array. */
export function textsOf(record: JsonRecord | undefined, name: string): readonly string[] {
  const value = record?.[name]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
