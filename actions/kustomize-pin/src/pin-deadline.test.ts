import { childEnvironment, Tool } from '@tierseal/action-kit'
import { expect, test } from 'vitest'
import { PinDeadline } from './pin-deadline.ts'

async function sleepWithin(deadline: PinDeadline, limitMs: number): Promise<unknown> {
  const tool = await Tool.find({ name: 'sleep' })
  return deadline.within(limitMs, (timeoutMs) =>
    tool.run(['30'], { env: childEnvironment(), timeoutMs }),
  )
}

test('a tool that the end of the step cuts off is no slow tool', async () => {
  await expect(sleepWithin(new PinDeadline(50), 20_000)).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    message: 'the pin was not done within 0.05 s; this attempt had pushed nothing yet',
  })
})

test('a tool that takes longer than it may is', async () => {
  await expect(sleepWithin(new PinDeadline(20_000), 50)).rejects.toMatchObject({
    code: 'TOOL_TIMEOUT',
    message: 'sleep 30 did not end within 0.05 s and was killed',
  })
})
