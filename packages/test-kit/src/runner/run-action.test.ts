import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { findLeftovers } from '../leftovers.ts'
import { temporaryDirectory } from '../temporary-directory.ts'
import { runAction, runPost, startAction } from './run-action.ts'

const actionYml = `
inputs:
  with-default: { default: 'from action.yml', description: x }
  given: { description: x }
outputs: { a: { description: x }, b: { description: x } }
runs: { using: node24, main: main.js, post: post.js }
`

function actionOf(main: string, post = ''): string {
  const directory = temporaryDirectory('action')
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'action.yml'), actionYml)
  writeFileSync(join(directory, 'main.js'), main)
  writeFileSync(join(directory, 'post.js'), post)
  return directory
}

describe('the harness, as a runner', () => {
  test('gives inputs with the defaults of action.yml, and gathers what a step leaves', async () => {
    const result = await runAction(
      actionOf(`
        const { appendFileSync } = require('node:fs')
        const { env } = process
        appendFileSync(env.GITHUB_OUTPUT, 'a<<E\\n' + env['INPUT_WITH-DEFAULT'] + '\\nE\\n')
        appendFileSync(env.GITHUB_OUTPUT, 'b=' + env.INPUT_GIVEN + '\\n')
        appendFileSync(env.GITHUB_STATE, 'token=left\\n')
        appendFileSync(env.GITHUB_STEP_SUMMARY, '# Done')
        appendFileSync(env.GITHUB_ENV, 'LEAK=1\\n')
        console.log('::error::broken%0Abadly')
        process.exitCode = 3
      `),
      { inputs: { given: 'here' } },
    )
    expect(result).toMatchObject({
      exitCode: 3,
      outputs: { a: 'from action.yml', b: 'here' },
      state: { token: 'left' },
      summary: '# Done',
      exported: { LEAK: '1' },
      annotations: [{ level: 'error', message: 'broken\nbadly' }],
    })
  })

  test('gives post the state of main', async () => {
    const main = `require('node:fs').appendFileSync(process.env.GITHUB_STATE, 'x=kept\\n')`
    const action = actionOf(main, `console.log(process.env.STATE_x, process.env.INPUT_GIVEN)`)
    const post = await runPost(await runAction(action, { inputs: { given: 'input' } }))
    expect(post.stdout).toBe('kept input\n')
  })

  test('refuses an output that action.yml does not name', async () => {
    const main = `require('node:fs').appendFileSync(process.env.GITHUB_OUTPUT, 'typo=1\\n')`
    await expect(runAction(actionOf(main))).rejects.toThrow(/names no output typo/)
  })

  test('refuses a log that sets something in the job, which no file of the runner shows', async () => {
    const action = actionOf(`console.log('an image of ##[add-path]/evil')`)
    await expect(runAction(action)).rejects.toThrow(/tells the runner to do something/)
  })

  test('refuses an input that action.yml does not name', () => {
    expect(() => startAction(actionOf(''), { inputs: { typo: '' } })).toThrow(/no input typo/)
  })

  test('passes nothing of its own environment but PATH', async () => {
    process.env['CANARY_OF_THE_TEST'] = 'x'
    const { stdout } = await runAction(actionOf('console.log(JSON.stringify(process.env))'))
    delete process.env['CANARY_OF_THE_TEST']
    expect(stdout).not.toContain('CANARY_OF_THE_TEST')
  })

  test('kills without a warning, and sees the child that outlives the step', async () => {
    const running = startAction(
      actionOf(`
        process.on('SIGTERM', () => console.log('warned'))
        require('node:child_process').spawn('sleep', ['60'])
        console.log('started')
      `),
    )
    await running.waitForLog('started')
    running.kill('process')
    const left = findLeftovers(running.directory).processes
    expect(left.some((line) => line.endsWith('sleep 60'))).toBe(true)
    running.kill('group')
    const { signal, stdout } = await running.result
    expect([signal, stdout]).toEqual(['SIGKILL', 'started\n'])
  })

  test('leaves no step behind when its own process is ended by an exit', async () => {
    const action = actionOf(`console.log('started'); setInterval(() => {}, 1000)`)
    const module = fileURLToPath(new URL('run-action.ts', import.meta.url))
    const script = `import { startAction } from ${JSON.stringify(module)}
      const running = startAction(${JSON.stringify(action)})
      await running.waitForLog('started')
      process.exit(130)`
    const args = ['--conditions=source', '--input-type=module', '-e', script]
    const harness = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] })
    const [exitCode] = await once(harness, 'close')
    expect(exitCode).toBe(130)
    // Killed, and a moment later gone.
    await expect.poll(() => findLeftovers(action).processes, { timeout: 10_000 }).toEqual([])
  }, 60_000)
})
