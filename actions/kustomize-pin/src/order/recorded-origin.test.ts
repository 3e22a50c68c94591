import { parseDigest } from '@tierseal/oci'
import { expect, test } from 'vitest'
import { commitMessage, parseMessageValue } from '../commit-message.ts'
import { findOrigins } from './recorded-origin.ts'

const digest = (digit: string) => parseDigest(`sha256:${digit.repeat(64)}`)
const revision = (digit: string) => digit.repeat(40)
const image = 'reg.internal:5000/dev/app'

function logged(commit: string, of: string, sourceRevision: string, rollbackReason?: string) {
  const pins = [
    {
      overlay: 'o',
      image: `${image}-b`,
      digest: digest('f'),
      previous: { digest: undefined, tag: undefined },
    },
    { overlay: 'o', image, digest: digest(of), previous: { digest: digest('9'), tag: undefined } },
  ]
  const origin = { sourceRepository: 'src', sourceRevision, runUrl: undefined, rollbackReason }
  return { commit, message: commitMessage(pins, origin) }
}

test('the newest commit that pinned the digest tells its source', () => {
  const commits = [
    logged('c3', 'b', revision('3')),
    logged('c2', 'a', revision('2')),
    logged('c1', 'a', revision('1')),
  ]
  expect(findOrigins(commits, image, digest('a'))[0]).toMatchObject({
    commit: 'c2',
    sourceRevision: revision('2'),
  })
})

test('a digest of another image, or one that was only replaced, tells nothing', () => {
  expect(findOrigins([logged('c', 'a', revision('1'))], image, digest('f'))).toEqual([])
  expect(findOrigins([logged('c', 'a', revision('1'))], image, digest('9'))).toEqual([])
})

test.each(['\n', '\r\n'])(
  'what a forge writes above and below is no matter (line end %j)',
  (end) => {
    const { commit, message } = logged('c', 'a', revision('1'))
    const squashed = `deploy (#7)\n\n${message}\n---------\n\nReviewed-on: https://git/7\nReviewed-by: a\n`
    const commits = [{ commit, message: squashed.replaceAll('\n', end) }]
    expect(findOrigins(commits, image, digest('a'))[0]?.sourceRevision).toBe(revision('1'))
  },
)

test('a rollback is believed only where nothing else tells', () => {
  const commits = [logged('c2', 'a', revision('9'), 'broken'), logged('c1', 'a', revision('1'))]
  expect(findOrigins(commits, image, digest('a'))[0]?.sourceRevision).toBe(revision('1'))
  expect(findOrigins(commits.slice(0, 1), image, digest('a'))[0]?.sourceRevision).toBe(
    revision('9'),
  )
})

test('trailers are read from the last paragraph that names an image', () => {
  const own = logged('c', 'a', revision('1')).message
  const before = logged('c', 'a', revision('2')).message
  const message = `${before}\n${own}\nSource-Revision: ${revision('3')}\n`
  expect(findOrigins([{ commit: 'c', message }], image, digest('a'))[0]).toMatchObject({
    sourceRevision: revision('1'),
  })
})

test('a revision that is no full commit name tells nothing', () => {
  for (const text of ['main', '--help', 'abc1234']) {
    expect(findOrigins([logged('c', 'a', text)], image, digest('a'))).toEqual([])
  }
})

test.each(['a\nSource-Revision: x', 'a\rb', 'a\u0000', '\u2028', 'a\u202eb', '\u0085'])(
  'refuses the message value %j',
  (text) => {
    expect(() => parseMessageValue(text)).toThrow(
      expect.objectContaining({ code: 'PIN_MESSAGE_INVALID' }),
    )
  },
)
