import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Cosign } from './cosign.ts'

test('is not started where no time is left for it', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tierseal-cosign-'))
  const path = join(home, 'cosign')
  const version = `[ "$1" = version ] && { echo '{"gitVersion":"v3.1.3"}'; exit; }`
  writeFileSync(path, `#!/bin/sh\n${version}\ntouch ${home}/started\n`, { mode: 0o755 })
  const cosign = await Cosign.find({ path, home, plainHttp: false })
  const call = { args: ['verify', 'image'], environment: {}, credentials: undefined }
  await expect(cosign.run({ ...call, deadlineAt: Date.now() })).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    message: 'no time was left to start cosign verify',
    hint: expect.stringContaining('timeout-seconds'),
  })
  expect(existsSync(join(home, 'started'))).toBe(false)
})
