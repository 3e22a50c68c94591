import { describe, expect, it } from 'vitest'
import { stretchesOf } from './timeline.ts'

const at = (ms: number): string => new Date(ms).toISOString()

describe('the way of a commit', () => {
  it('is divided without a gap: each link ends where the next begins', () => {
    const log = [
      `${at(1000)} ⭐ Run Main Check out the commit`,
      `${at(1200)}   ✅  Success - Main set -eu\\ngit fetch`,
      `${at(1500)}   ✅  Success - Main Check out the commit`,
      `${at(1600)} ⭐ Run Main 1 build`,
      `${at(1700)} Success is what a step may print too`,
      `${at(4500)}   ✅  Success - Main 1 build`,
      `${at(4600)} ⭐ Run Post 1 build`,
      `${at(4700)}   ✅  Success - Post 1 build`,
    ].join('\n')
    const stretches = stretchesOf({ pushedAt: 400, log, syncedAt: 6000, runningAt: 9000 })
    expect(stretches).toEqual([
      { name: 'forge and runner, until the first step', ms: 600 },
      { name: 'Check out the commit', ms: 500 },
      { name: '1 build', ms: 3000 },
      { name: 'Argo CD sync', ms: 1500 },
      { name: 'pod start', ms: 3000 },
    ])
    expect(stretches.reduce((sum, { ms }) => sum + ms, 0)).toBe(9000 - 400)
  })

  it('cannot be divided where no step ended well', () => {
    const log = `${at(1000)} ⭐ Run Main 1 build\n${at(1500)}   ❌  Failure - Main 1 build`
    const moments = { pushedAt: 0, log, syncedAt: 1, runningAt: 2 }
    expect(() => stretchesOf(moments)).toThrow(/no step ended well/)
  })
})
