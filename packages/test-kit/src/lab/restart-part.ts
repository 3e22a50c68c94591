import { allParts } from './parts.ts'
import { startParts } from './start-parts.ts'
import type { LabState } from './state.ts'

/** Starts a part again that was stopped, and waits until it answers. */
export async function restartPart(state: LabState, name: string): Promise<void> {
  const parts = allParts.filter((part) => part.name === name)
  if (parts.length === 0) throw new Error(`the lab has no part ${name}`)
  await startParts(parts, state, () => undefined)
}
