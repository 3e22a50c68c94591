import { expect, test } from 'vitest'
import { urlIn } from './pull-request.ts'

test('finds the address in what Gitea prints, whatever stands around it', () => {
  const url = 'https://git.internal/platform/deployments/pulls/7'
  expect(urlIn(`remote: \nremote: Visit the existing pull request:\nremote:   ${url}\n`)).toBe(url)
  expect(urlIn(`remote: see (${url}), please\n`)).toBe(url)
  expect(urlIn(`fatal: ${url}\n`)).toBeUndefined()
  expect(urlIn('remote: https://git.internal/platform/deployments\n')).toBeUndefined()
})

test('reads a long line of a server in a time that grows with it', () => {
  expect(urlIn(`remote: ${'https://'.repeat(100_000)}\n`)).toBeUndefined()
})
