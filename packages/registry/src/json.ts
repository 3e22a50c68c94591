import type { JsonRecord } from '@tierseal/json'

/** A field that holds a non-empty string. */
export function stringField(object: JsonRecord, name: string): string | undefined {
  const value = object[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A field that holds an array; absent is empty. */
export function arrayField(object: JsonRecord, name: string): readonly unknown[] {
  const value = object[name]
  return Array.isArray(value) ? value : []
}
