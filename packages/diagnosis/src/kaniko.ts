import type { Diagnosis } from './diagnosis.ts'

// Seen with osscontainertools v1.28.3 (facts: kaniko.md 1). Google's and Chainguard's forks word the
// permission check differently after its first words, so patterns start there and stay short.
const beforeBuild: readonly Diagnosis[] = [
  // First, since a RUN can print any of the texts below.
  {
    pattern: /waiting for process to exit: exit status \d+/,
    code: 'BUILD_FAILED',
    cause: 'A RUN of the Dockerfile ended with a failure.',
    remedy: 'Read its own lines above; they say what failed.',
  },
  {
    pattern: /kaniko should only be run inside of a container/,
    code: 'EXECUTOR_REFUSED',
    cause: 'Kaniko sees no sign that it runs inside a container, and would replace its files.',
    remedy: 'Use executor: sandbox; executor: in-place is for a container made for it.',
  },
  {
    pattern: /error resolving dockerfile path/,
    code: 'CONTEXT_INVALID',
    cause: 'The Dockerfile is not where dockerfile says.',
    remedy: 'Give its path relative to the context.',
  },
  {
    // Not that of plain HTTP, which is sent nowhere.
    pattern:
      /error checking push permissions[\s\S]*(?<!dial tcp 127\.0\.0\.1:0: connect: )connection refused/,
    code: 'CONNECTION_REFUSED',
    cause: 'Nothing listens at the address of the registry.',
    remedy: 'Check that the registry runs and that the port is right.',
  },
  {
    pattern: /error checking push permissions[\s\S]*no such host/,
    code: 'HOST_UNKNOWN',
    cause: 'The name of the registry does not resolve where kaniko runs.',
    remedy: 'Check the DNS of the site; the sandbox uses the resolv.conf of the runner.',
  },
  {
    pattern: /x509: certificate signed by unknown authority/,
    code: 'TLS_UNTRUSTED',
    cause: 'Kaniko does not trust the CA of a registry.',
    remedy: 'Give the CA as registry-ca; it must be the one of every registry that the build uses.',
  },
  {
    pattern: /x509: certificate is valid for .*, not |x509: cannot validate certificate for/,
    code: 'TLS_NAME_MISMATCH',
    cause: 'The certificate of a registry is for another name.',
    remedy: 'Use a name that the certificate carries.',
  },
  {
    pattern: /x509: certificate has expired or is not yet valid/,
    code: 'TLS_EXPIRED',
    cause: 'The certificate of a registry is outside its validity, or the clock is wrong.',
    remedy: 'Renew the certificate; check the clock of the runner.',
  },
  {
    pattern: /tls: certificate required|remote error: tls: bad certificate/,
    code: 'TLS_CLIENT_CERTIFICATE_REQUIRED',
    cause: 'A registry asks for a client certificate.',
    remedy: 'Give registry-client-certificate and registry-client-key.',
  },
  {
    pattern: /http: server gave HTTP response to HTTPS client/,
    code: 'TLS_FAILED',
    cause: 'A registry speaks plain HTTP.',
    remedy: 'Give the registry TLS; plain-http: true is for a lab.',
  },
  {
    // Where the executors send plain HTTP that nobody asked for (docs/decisions/0131-no-plain-http-unasked.md).
    pattern: /proxyconnect tcp: dial tcp 127\.0\.0\.1:0: /,
    code: 'TLS_FAILED',
    cause: 'Kaniko could not speak TLS to a server and would have gone on over plain HTTP.',
    remedy:
      'Give the server TLS. An ADD over plain HTTP names its host in the Dockerfile or, where a pod clones that, in a build argument.',
  },
]

const credentials: readonly Diagnosis[] = [
  {
    pattern: /resolving pushAuth: parsing config file/,
    code: 'DOCKER_CONFIG_INVALID',
    cause: 'Kaniko cannot read the config.json with the credentials.',
    remedy: 'Write auths entries with the key host:port and base64 of user:password.',
  },
  {
    pattern: /error getting credentials - err: exec: "docker-credential-/,
    code: 'CREDENTIAL_HELPER_FAILED',
    cause: 'The config.json names a credential helper that does not exist where kaniko runs.',
    remedy: 'Give registry-username and registry-password instead.',
  },
  {
    pattern: /error building image:[\s\S]*(UNAUTHORIZED|DENIED)/,
    code: 'BASE_IMAGE_UNAVAILABLE',
    cause: 'The registry of a base image does not let this account pull it.',
    remedy: 'Grant pull on the repository of the base image, or add its host to docker-config.',
  },
  {
    pattern: /UNAUTHORIZED: (authentication required|incorrect username or password)/,
    code: 'REGISTRY_UNAUTHORIZED',
    cause: 'The registry does not accept the credentials.',
    remedy: 'Check user and password; a key without the port is another host.',
  },
  {
    pattern: /error (checking push permissions|pushing image)[\s\S]*DENIED/,
    code: 'REGISTRY_DENIED',
    cause: 'The account may not push to this repository.',
    remedy: 'Grant the account push on the repository.',
  },
]

const duringBuild: readonly Diagnosis[] = [
  {
    pattern: /dockerfile parse error/,
    code: 'DOCKERFILE_INVALID',
    cause: 'The Dockerfile cannot be parsed.',
    remedy: 'Correct the line that is named.',
  },
  {
    pattern: /is not a valid target build stage/,
    code: 'DOCKERFILE_INVALID',
    cause: 'The stage of the input target is not in the Dockerfile.',
    remedy: 'Give the name after AS of one of its stages.',
  },
  {
    pattern: /failed to get fileinfo for .*: lstat .*: no such file or directory/,
    code: 'DOCKERFILE_INVALID',
    cause: 'A COPY or ADD names a file that is not in the context.',
    remedy: 'Check the path, .dockerignore, and whether an earlier step makes the file.',
  },
  {
    pattern: /(NAME_UNKNOWN|MANIFEST_UNKNOWN|unable to complete operation after \d+ attempts)/,
    code: 'BASE_IMAGE_UNAVAILABLE',
    cause: 'A base image cannot be pulled.',
    remedy: 'Mirror it to the registry of the site, or set registry-mirrors.',
  },
  {
    pattern: /index\.docker\.io|registry-1\.docker\.io|gcr\.io\/v2/,
    code: 'BASE_IMAGE_UNAVAILABLE',
    cause: 'The Dockerfile names a base image without a host, which means a public registry.',
    remedy: 'Name the host of the site in FROM, or set registry-mirrors: docker.io=<host>/<path>.',
  },
  {
    pattern: /chown .*: invalid argument|operation not permitted/,
    code: 'PERMISSION_MISSING',
    cause: 'Kaniko may not set the owner of a file, or another thing that root may.',
    remedy: 'Run the runner container with the default capabilities of Docker.',
  },
  {
    pattern: /no space left on device/,
    code: 'PERMISSION_MISSING',
    cause: 'The disk under RUNNER_TEMP is full.',
    remedy: 'Give RUNNER_TEMP room for the base image, the context and every layer.',
  },
  {
    pattern: /writing digest to file failed/,
    code: 'PERMISSION_MISSING',
    cause: 'Kaniko could not write its digest file, and pushed nothing.',
    remedy: 'Look at the disk under RUNNER_TEMP.',
  },
  {
    pattern: /error pushing image|failed to push to destination/,
    code: 'PUSH_FAILED',
    cause:
      'The image was built and the push failed: the digest in the file is not in the registry.',
    remedy: 'Look at the storage of the registry; build again.',
  },
]

/** What kaniko prints when it fails. */
export const kanikoDiagnoses: readonly Diagnosis[] = [
  ...beforeBuild,
  ...credentials,
  ...duringBuild,
]
