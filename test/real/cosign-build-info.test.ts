import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lacksTools, temporaryDirectory, toolPath } from '@tierseal/test-kit'
import { describe, expect, test } from 'vitest'
import { tryReadBuildInfo } from '../../actions/cosign-sign/src/cosign/build-info.ts'
import { parseCosignVersion, versionOfBuild } from '../../actions/cosign-sign/src/cosign/version.ts'

describe.skipIf(lacksTools('cosign2', 'cosign3', 'kustomize'))('the version in a file', () => {
  test.each(['cosign2', 'cosign3'] as const)('of %s is the one that it prints', (name) => {
    const printed = execFileSync(toolPath(name), ['version', '--json'], { encoding: 'utf8' })
    expect(versionOfBuild(tryReadBuildInfo(toolPath(name)))).toEqual(parseCosignVersion(printed))
  })

  test('of another program of Go is none of cosign', () => {
    const info = tryReadBuildInfo(toolPath('kustomize'))
    expect(info).toMatchObject({ module: 'sigs.k8s.io/kustomize/kustomize/v5' })
    expect(versionOfBuild(info)).toBeUndefined()
  })

  test('is not there in a script, in a program of another language, and in a file that is cut or cannot be read', () => {
    const script = join(temporaryDirectory('build-info'), 'cosign')
    writeFileSync(script, '#!/bin/sh\n')
    expect(tryReadBuildInfo(script)).toBeUndefined()
    expect(tryReadBuildInfo(process.execPath)).toBeUndefined()
    expect(tryReadBuildInfo(`${script}-absent`)).toBeUndefined()
    const whole = readFileSync(toolPath('cosign3'))
    for (const length of [10, 64, 4096, whole.length / 2]) {
      writeFileSync(script, whole.subarray(0, length))
      expect(tryReadBuildInfo(script)).toBeUndefined()
    }
  })

  test('is asked of the program where the build is no release', () => {
    const module = 'github.com/sigstore/cosign/v3'
    for (const version of ['(devel)', 'v3.1.4-0.20261101000000-abcdefabcdef', 'v3.1.3+dirty']) {
      expect(versionOfBuild({ module, version })).toBeUndefined()
    }
  })

  test('is refused where that release publishes to the public log', () => {
    const build = { module: 'github.com/sigstore/cosign/v3', version: 'v3.0.2' }
    expect(() => versionOfBuild(build)).toThrow(expect.objectContaining({ code: 'TOOL_VERSION' }))
  })
})
