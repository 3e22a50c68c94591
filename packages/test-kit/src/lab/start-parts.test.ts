import { describe, expect, it } from 'vitest'
import type { Part } from './part.ts'
import { startParts } from './start-parts.ts'
import type { LabState } from './state.ts'

function newState(): LabState {
  return { daemons: {}, done: {}, node: true, vaultFlavour: 'vault' }
}

function part(
  name: string,
  after: readonly string[],
  events: string[],
  changes: Partial<Part> = {},
): Part {
  return {
    name,
    after,
    timeoutMs: 300,
    start: () => {
      events.push(`start ${name}`)
    },
    ready: async () => {
      events.push(`ready ${name}`)
      return true
    },
    ...changes,
  }
}

describe('starting parts', () => {
  it('waits for the parts before, and no others', async () => {
    const events: string[] = []
    const parts = [
      part('etcd', [], events),
      part('registry', [], events),
      part('apiserver', ['etcd'], events),
    ]
    await startParts(parts, newState(), () => undefined)
    expect(events.indexOf('start apiserver')).toBeGreaterThan(events.indexOf('ready etcd'))
    expect(events.indexOf('start registry')).toBeLessThan(events.indexOf('ready etcd'))
  })

  it('starts nothing behind a part that failed, and names both', async () => {
    const events: string[] = []
    const broken = part('etcd', [], events, {
      start: () => {
        throw new Error('no disk')
      },
    })
    const started = startParts(
      [broken, part('apiserver', ['etcd'], events)],
      newState(),
      () => undefined,
    )
    await expect(started).rejects.toThrow(/etcd: no disk\napiserver: not started/)
    expect(events).toEqual([])
  })

  it('tells what a part that never got ready said last', async () => {
    const never = part('vault', [], [], {
      ready: async () => {
        throw new Error('connection refused')
      },
    })
    const started = startParts([never], newState(), () => undefined)
    await expect(started).rejects.toThrow(/vault: waited 0.3 s for vault: connection refused/)
  })

  it('does not wait for a part whose program has ended', async () => {
    const begin = performance.now()
    const ended = part('redis', [], [], { daemons: ['redis'], timeoutMs: 60_000 })
    const started = startParts([ended], newState(), () => undefined)
    await expect(started).rejects.toThrow(/redis: it ended as soon as it was started/)
    expect(performance.now() - begin).toBeLessThan(5000)
  })
})
