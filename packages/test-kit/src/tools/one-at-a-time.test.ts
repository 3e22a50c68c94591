import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { oneAtATime } from './one-at-a-time.ts'

test('does the work of one name one after the other', async () => {
  const name = randomUUID()
  let running = 0
  const work = async (): Promise<number> => {
    running++
    await new Promise((resolve) => setTimeout(resolve, 30))
    return running--
  }
  const most = await Promise.all([1, 2, 3].map(() => oneAtATime(name, work, () => undefined)))
  expect(most).toEqual([1, 1, 1])
})

test('a killed builder, whose pid is told, does not block the next', async () => {
  const name = randomUUID()
  const module = fileURLToPath(new URL('one-at-a-time.ts', import.meta.url))
  const script = `import { oneAtATime } from ${JSON.stringify(module)}
    await oneAtATime(${JSON.stringify(name)}, async () => {
      console.log('locked')
      await new Promise((resolve) => setTimeout(resolve, 60_000))
    }, () => undefined)`
  const builder = spawn(process.execPath, ['--input-type=module', '-e', script])
  await new Promise((resolve) => builder.stdout.once('data', resolve))
  let waitedFor: number | undefined
  const next = oneAtATime(
    name,
    async () => 'built',
    (holder) => {
      waitedFor = holder
      builder.kill('SIGKILL')
    },
  )
  expect(await next).toBe('built')
  expect(waitedFor).toBe(builder.pid)
})
