/** Whether a value out of JSON is an object whose fields are still to be proven. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An object in an object; absent and of another type are both undefined. */
export function recordOf(
  value: unknown,
  ...path: readonly string[]
): Readonly<Record<string, unknown>> | undefined {
  const found = path.reduce<unknown>((at, name) => (isRecord(at) ? at[name] : undefined), value)
  return isRecord(found) ? found : undefined
}

/** The JSON value of bytes, or undefined where they are none. */
export function tryJson(bytes: Uint8Array | string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}
