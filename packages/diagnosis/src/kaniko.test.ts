import { expect, test } from 'vitest'
import { diagnose } from './diagnose.ts'

// As osscontainertools v1.28.3 printed it; the permission check also as Google's and Chainguard's forks do.
const recorded = [
  [
    'kaniko should only be run inside of a container, run with the --force flag if you are sure you want to continue',
    'EXECUTOR_REFUSED',
  ],
  [
    'Error: error resolving dockerfile path: please provide a valid path to a Dockerfile within the build context with --dockerfile',
    'CONTEXT_INVALID',
  ],
  [
    'error checking push permissions: checking push permission for "h:5001/app:t": creating push check transport for h:5001 failed: Get "https://h:5001/v2/": dial tcp 127.0.0.1:5001: connect: connection refused',
    'CONNECTION_REFUSED',
  ],
  [
    'error checking push permissions -- make sure you entered the correct tag name, and that you are authenticated correctly, and try again: checking push permission for "h/app:t": creating push check transport for h failed: Get "https://h/v2/": dial tcp: lookup h on 10.0.0.1:53: no such host',
    'HOST_UNKNOWN',
  ],
  [
    'Get "https://h/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    'TLS_UNTRUSTED',
  ],
  [
    'Get "https://h/v2/": tls: failed to verify certificate: x509: certificate is valid for a, not h',
    'TLS_NAME_MISMATCH',
  ],
  [
    'error checking push permissions: checking push permission for "h/app:t": POST https://h/v2/app/blobs/uploads/: UNAUTHORIZED: authentication required',
    'REGISTRY_UNAUTHORIZED',
  ],
  [
    'error checking push permissions: GET https://h/token?scope=repository%3Aapp%3Apush%2Cpull&service=lab: UNAUTHORIZED: incorrect username or password',
    'REGISTRY_UNAUTHORIZED',
  ],
  [
    'error checking push permissions: checking push permission for "h/app:t": POST https://h/v2/app/blobs/uploads/: DENIED: requested access to the resource is denied',
    'REGISTRY_DENIED',
  ],
  [
    'error checking push permissions: checking push permission for "h/app:t": resolving pushAuth: parsing config file (/kaniko/.docker/config.json): illegal base64 data at input byte 0',
    'DOCKER_CONFIG_INVALID',
  ],
  [
    'error getting credentials - err: exec: "docker-credential-desktop": executable file not found in $PATH, out: ``',
    'CREDENTIAL_HELPER_FAILED',
  ],
  [
    'error pushing image: failed to push to destination h/app:t: PUT https://h/v2/app/manifests/t: UNKNOWN: storage full',
    'PUSH_FAILED',
  ],
  [
    'error building image: error building stage: failed to execute command: waiting for process to exit: exit status 42',
    'BUILD_FAILED',
  ],
  [
    'error building image: unable to complete operation after 0 attempts, last error: GET http://h/v2/nobase/manifests/9: NAME_UNKNOWN: Unknown name',
    'BASE_IMAGE_UNAVAILABLE',
  ],
  [
    'error building image: GET https://h/v2/base/manifests/1: UNAUTHORIZED: authentication required',
    'BASE_IMAGE_UNAVAILABLE',
  ],
  [
    'error building image: parsing dockerfile: dockerfile parse error on line 1: unknown instruction: FORM (did you mean FROM?)',
    'DOCKERFILE_INVALID',
  ],
  [
    'failed to get fileinfo for /kaniko/ctx/nofile: lstat /kaniko/ctx/nofile: no such file or directory',
    'DOCKERFILE_INVALID',
  ],
  ['error finding target stage: "nope" is not a valid target build stage', 'DOCKERFILE_INVALID'],
  [
    'error pushing image: writing digest to file failed: open /out/a: is a directory',
    'PERMISSION_MISSING',
  ],
  [
    'failed to execute command: downloading remote source file: Get "http://10.0.0.1/f": proxyconnect tcp: dial tcp 127.0.0.1:0: connect: connection refused',
    'TLS_FAILED',
  ],
  [
    'error checking push permissions: creating push check transport for 10.0.0.1:5000 failed: Get "https://10.0.0.1:5000/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority; Get "http://10.0.0.1:5000/v2/": proxyconnect tcp: dial tcp 127.0.0.1:0: connect: connection refused',
    'TLS_UNTRUSTED',
  ],
  ['failed to get filesystem from image: chown /f: invalid argument', 'PERMISSION_MISSING'],
] as const

test.each(recorded)('kaniko: %s', (stderr, code) => {
  const failure = { exitCode: 1, stdout: '', stderr }
  expect(diagnose('kaniko', failure, 'TOOL_FAILED').code).toBe(code)
})

test('kaniko: what a RUN printed is not taken for the cause', () => {
  const stdout = 'curl: x509: certificate signed by unknown authority'
  const stderr =
    'error building image: error building stage: failed to execute command: waiting for process to exit: exit status 60'
  expect(diagnose('kaniko', { exitCode: 60, stdout, stderr }, 'TOOL_FAILED').code).toBe(
    'BUILD_FAILED',
  )
})

test('kaniko: quotes the flag that it does not know, and not its usage', () => {
  const usage = [
    ...['Usage:', '  executor [flags]', '', 'Available Commands:', '  version     Print it', ''],
    ...['Flags:', '      --use-new-run      Use the experimental run implementation', ''],
    ...['Use "executor [command] --help" for more information about a command.', ''],
  ]
  const failure = {
    exitCode: 1,
    stdout: '',
    stderr: ['Error: unknown flag: --x', ...usage].join('\n'),
  }
  expect(diagnose('kaniko', failure, 'BUILD_FAILED').message).toBe(
    'kaniko ended with exit code 1 and said:\n  Error: unknown flag: --x',
  )
  // What a RUN prints has kaniko's own words after it.
  const stderr = `${failure.stderr}waiting for process to exit: exit status 1\n`
  expect(diagnose('kaniko', { ...failure, stderr }, 'BUILD_FAILED').message).toContain(
    'exit status 1',
  )
})

test('kaniko: what a RUN printed that went well is not taken for the cause of what failed later', () => {
  const run =
    'cp: chown /a: operation not permitted\ncurl: x509: certificate signed by unknown authority\n'
  const own =
    'error pushing image: failed to push to destination h/app:t: PUT https://h/v2/app/manifests/t: UNKNOWN: full\n'
  const codes = [
    { stdout: run, stderr: own },
    { stdout: '', stderr: `${run}INFO pushing\n${own}` },
    // In a pod, both are one.
    { stdout: `${run}${own}`, stderr: '' },
  ].map((said) => diagnose('kaniko', { exitCode: 1, ...said }, 'BUILD_FAILED').code)
  expect(codes).toEqual(['PUSH_FAILED', 'PUSH_FAILED', 'PUSH_FAILED'])
})

test('kaniko: looks through much that a RUN printed in a time that grows with it', () => {
  for (const end of ['\n', ' ']) {
    const stdout = `error checking push permissions${end}`.repeat(30_000)
    const { code } = diagnose('kaniko', { exitCode: 1, stdout, stderr: '' }, 'BUILD_FAILED')
    expect(code).toBe('BUILD_FAILED')
  }
})
