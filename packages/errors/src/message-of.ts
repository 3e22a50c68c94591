/** The text of anything that was thrown, so that messages compose: `reading x: ${messageOf(error)}`. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
