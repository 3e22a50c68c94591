import type { Diagnosis } from './diagnosis.ts'

/** What buildah prints when it fails; seen with 1.28.2 of Debian 12. */
export const buildahDiagnoses: readonly Diagnosis[] = [
  // First, since a RUN can print any of the texts below.
  {
    pattern: /building at STEP "RUN|while running runtime: exit status \d+/,
    code: 'BUILD_FAILED',
    cause: 'A RUN of the Dockerfile ended with a failure.',
    remedy: 'Read its own lines above; they say what failed.',
  },
  {
    pattern: /x509: certificate signed by unknown authority/,
    code: 'TLS_UNTRUSTED',
    cause: 'buildah does not trust the CA of a registry.',
    remedy: 'Give the CA as registry-ca; it must be the one of every registry that the build uses.',
  },
  {
    pattern: /x509: certificate is valid for .*, not |x509: cannot validate certificate for/,
    code: 'TLS_NAME_MISMATCH',
    cause: 'The certificate of a registry is for another name.',
    remedy: 'Use a name that the certificate carries.',
  },
  {
    pattern: /http: server gave HTTP response to HTTPS client/,
    code: 'TLS_FAILED',
    cause: 'A registry speaks plain HTTP.',
    remedy: 'Give the registry TLS; plain-http: true is for a lab.',
  },
  {
    pattern: /connection refused/,
    code: 'CONNECTION_REFUSED',
    cause: 'Nothing listens at the address of a registry.',
    remedy: 'Check that the registry runs and that the port is right.',
  },
  {
    pattern: /no such host/,
    code: 'HOST_UNKNOWN',
    cause: 'The name of a registry does not resolve here.',
    remedy: 'Check the DNS of the site; nothing here needs a public name.',
  },
  {
    pattern: /unauthorized: authentication required|invalid username\/password/,
    code: 'REGISTRY_UNAUTHORIZED',
    cause: 'A registry does not accept the credentials, or there are none for its host and port.',
    remedy: 'Check user and password; a key without the port is another host.',
  },
  {
    pattern: /denied: requested access to the resource is denied/,
    code: 'REGISTRY_DENIED',
    cause: 'The account may not do this in this repository.',
    remedy: 'Grant the account push on the repository, and pull on that of the base image.',
  },
  {
    pattern: /registry docker\.io is blocked in|short-name .* did not resolve to an alias/,
    code: 'BASE_IMAGE_UNAVAILABLE',
    cause: 'The Dockerfile names a base image without a host, which means a public registry.',
    remedy: 'Name the host of the site in FROM, or set registry-mirrors: docker.io=<host>/<path>.',
  },
  {
    pattern: /(manifest unknown|name unknown|initializing source docker:\/\/)/i,
    code: 'BASE_IMAGE_UNAVAILABLE',
    cause: 'A base image cannot be pulled.',
    remedy: 'Mirror it to the registry of the site, or set registry-mirrors.',
  },
  {
    pattern: /the target ".*" was not found in the provided Dockerfile/i,
    code: 'DOCKERFILE_INVALID',
    cause: 'The stage of the input target is not in the Dockerfile.',
    remedy: 'Give the name after AS of one of its stages.',
  },
  {
    pattern: /(Unknown instruction|dockerfile parse error|no FROM statement found)/i,
    code: 'DOCKERFILE_INVALID',
    cause: 'The Dockerfile cannot be parsed.',
    remedy: 'Correct the line that is named.',
  },
  {
    pattern: /checking on sources under|no such file or directory.*COPY|copier: stat/,
    code: 'DOCKERFILE_INVALID',
    cause: 'A COPY or ADD names a file that is not in the context.',
    remedy: 'Check the path, .dockerignore, and whether an earlier step makes the file.',
  },
  {
    pattern: /no space left on device/,
    code: 'PERMISSION_MISSING',
    cause: 'The disk under RUNNER_TEMP is full; the vfs driver keeps a copy per layer.',
    remedy: 'Give RUNNER_TEMP more room.',
  },
  {
    pattern: /(cannot clone|operation not permitted|permission denied)/i,
    code: 'PERMISSION_MISSING',
    cause: 'buildah lacks a right that its chroot isolation needs.',
    remedy: 'Grant CAP_SYS_ADMIN or user namespaces, or use engine: kaniko.',
  },
]
