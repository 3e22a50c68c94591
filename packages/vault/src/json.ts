/** An object of a JSON answer whose members are still to be proven. */
export type JsonRecord = Readonly<Record<string, unknown>>

/** Whether a value is a JSON object, not an array and not null. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

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

/** The member as an object, or undefined where it is anything else. */
export function recordOf(record: JsonRecord | undefined, name: string): JsonRecord | undefined {
  const value = record?.[name]
  return isRecord(value) ? value : undefined
}

/** The member's texts; empty where it is no array. */
export function textsOf(record: JsonRecord | undefined, name: string): readonly string[] {
  const value = record?.[name]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
