import { log } from '@tierseal/action-kit'
import { KnownError, messageOf } from '@tierseal/errors'

/**
 * Does the work, then undoes what it left, whatever came of it. Where both fail, the failure of the work is
 * thrown, being the cause, and that of the undoing is logged.
 */
export async function workThenUndo<T>(
  work: () => Promise<T>,
  undo: () => Promise<void>,
): Promise<T> {
  let result: T
  try {
    result = await work()
  } catch (error) {
    await undo().catch((left: unknown) => log.warning(textOf(left)))
    throw error
  }
  await undo()
  return result
}

function textOf(error: unknown): string {
  return `${error instanceof KnownError ? `${error.code}: ` : ''}${messageOf(error)}`
}
