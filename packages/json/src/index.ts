/** An object of JSON whose members are still to be proven. */
export type JsonRecord = Readonly<Record<string, unknown>>

/** Whether a value is a JSON object, not an array and not null. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An object, or the one in it at a path of members; undefined where there is none. */
export function recordOf(value: unknown, ...path: readonly string[]): JsonRecord | undefined {
  const found = path.reduce<unknown>((at, name) => (isRecord(at) ? at[name] : undefined), value)
  return isRecord(found) ? found : undefined
}

/** The JSON value of a text or of its bytes, or undefined where it is none. */
export function tryJson(text: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof text === 'string' ? text : Buffer.from(text).toString('utf8'))
  } catch {
    return undefined
  }
}
