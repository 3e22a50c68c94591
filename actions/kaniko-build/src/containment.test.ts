import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { contained } from './containment.ts'

const command = contained('death-signal', ['echo', 'it runs'])

function printedBy([program = '', ...args]: readonly string[]): string {
  return spawnSync(program, args, { encoding: 'utf8' }).stdout
}

it('runs a command of this action', () => {
  expect(printedBy(command)).toBe('it runs\n')
})

it('runs none whose action is gone before it could ask to die with it: nobody would end it', () => {
  // For the command another process is the parent, as the first one of the machine is where ours was killed.
  expect(printedBy(['sh', '-c', '"$@"; exit', 'sh', ...command])).toBe('')
})
