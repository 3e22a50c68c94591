import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './root.ts'

test('a reader that has seen enough ends the command without a stack', async () => {
  const flags = ['--conditions=source', '--disable-warning=ExperimentalWarning']
  const script = join(root, 'scripts', 'tierseal.ts')
  // More than a pipe holds, so that there is something left to write when the reader has gone.
  const args = ['origin', 'tiers', '--json', '--config', join(root, 'examples', 'site')]
  const node = join(root, 'node_modules', 'node', 'bin', 'node')
  const command = spawn(node, [...flags, script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let error = ''
  command.stderr.on('data', (chunk) => {
    error += String(chunk)
  })
  command.stdout.once('data', () => command.stdout.destroy())
  const [exitCode] = await once(command, 'close')
  expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' })
}, 60_000)
