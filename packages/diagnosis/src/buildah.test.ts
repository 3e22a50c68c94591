import { expect, test } from 'vitest'
import { diagnose } from './diagnose.ts'

// As buildah 1.28.2 printed it.
const recorded = [
  ['Error: building at STEP "RUN exit 42": exit status 42', 'BUILD_FAILED'],
  [
    'x509: certificate signed by unknown authority\nError: building at STEP "RUN curl https://h": exit status 60',
    'BUILD_FAILED',
  ],
  ['Error: The target "absent" was not found in the provided Dockerfile', 'DOCKERFILE_INVALID'],
  [
    'Error: creating build container: initializing source docker://h/base/absent:1: reading manifest 1 in h/base/absent: manifest unknown: manifest unknown',
    'BASE_IMAGE_UNAVAILABLE',
  ],
  [
    'Error: creating build container: initializing source docker://busybox:latest: registry docker.io is blocked in /t/registries.conf or /t/.config/containers/registries.conf.d',
    'BASE_IMAGE_UNAVAILABLE',
  ],
] as const

test.each(recorded)('buildah: %s', (stderr, code) => {
  const failure = { exitCode: 125, stdout: '', stderr }
  expect(diagnose('buildah', failure, 'TOOL_FAILED').code).toBe(code)
})

test('buildah: what a RUN printed that went well is not taken for the cause of what failed later', () => {
  const stdout = 'wget: connection refused\n'
  const stderr = 'Error: The target "absent" was not found in the provided Dockerfile\n'
  expect(diagnose('buildah', { exitCode: 125, stdout, stderr }, 'BUILD_FAILED').code).toBe(
    'DOCKERFILE_INVALID',
  )
})
