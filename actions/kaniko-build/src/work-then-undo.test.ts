import { KnownError } from '@tierseal/errors'
import { expect, test, vi } from 'vitest'
import { workThenUndo } from './work-then-undo.ts'

const failed = new KnownError('BUILD_FAILED', 'a RUN ended with 42')
const left = new KnownError('LEFTOVERS', 'a build left the folder /place')
const failing = (error: Error) => async (): Promise<never> => {
  throw error
}
const nothing = async (): Promise<void> => undefined

test('throws why the work failed, and undoes it all the same', async () => {
  const done: string[] = []
  const undo = async () => void done.push('undone')
  await expect(workThenUndo(failing(failed), undo)).rejects.toBe(failed)
  expect(await workThenUndo(async () => 'built', undo)).toBe('built')
  expect(done).toEqual(['undone', 'undone'])
})

test('throws why the work failed where undoing fails too, and logs the other', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  await expect(workThenUndo(failing(failed), failing(left))).rejects.toBe(failed)
  const said = write.mock.calls.map(([text]) => text).join('')
  write.mockRestore()
  expect(said).toMatch(/warning.*LEFTOVERS: a build left the folder/)
})

test('throws what could not be undone after work that went well', async () => {
  await expect(workThenUndo(nothing, failing(left))).rejects.toBe(left)
})
