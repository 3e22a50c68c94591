import { expect, test } from 'vitest'
import { BuildDeadline } from './build-deadline.ts'
import { runEngine } from './run-engine.ts'

const sleeping = ['sleep', '30']
const env = { PATH: process.env['PATH'] ?? '' }

test('a run ends at the deadline of the whole build, and names its whole time', async () => {
  const deadline = new BuildDeadline(60_000, Date.now() - 59_900)
  await expect(runEngine('kaniko', sleeping, { env, deadline })).rejects.toMatchObject({
    code: 'TOOL_TIMEOUT',
    message: 'kaniko did not end within the 60 s of timeout-seconds and was killed',
  })
})

test('a question ends at its own limit where the build has more time', async () => {
  const options = { env, deadline: new BuildDeadline(60_000), mostMs: 100 }
  await expect(runEngine('kaniko', sleeping, options)).rejects.toMatchObject({
    code: 'TOOL_TIMEOUT',
    message: 'kaniko did not end within 0.1 s and was killed',
  })
})
