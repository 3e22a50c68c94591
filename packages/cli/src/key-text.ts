import { type ConfigKey, isKeyFile } from '@tierseal/generator'

/** A key of tiers.yaml with the place where it is written. */
export function keyText(file: string, { key, position }: ConfigKey): string {
  if (isKeyFile(key)) return key
  if (position === undefined) return `${key} (default)`
  return `${key} (${file}:${position.line}:${position.column})`
}
