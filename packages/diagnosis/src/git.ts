import type { Diagnosis } from './diagnosis.ts'

// Debian's git is linked to GnuTLS, others to OpenSSL: the texts differ.

/** What git prints when it fails. */
export const gitDiagnoses: readonly Diagnosis[] = [
  {
    pattern:
      /Authentication failed for|could not read (?:Username|Password) for|returned error: 401/,
    code: 'GIT_UNAUTHORIZED',
    cause: 'The git server does not accept the credentials.',
    remedy: 'Check username and token; a job token of a forge cannot reach another repository.',
  },
  {
    pattern: /returned error: 403|Permission denied|Write access to repository not granted/,
    code: 'GIT_FORBIDDEN',
    cause: 'The git server forbids this user the access.',
    remedy: 'Give the bot user write access to the GitOps repository.',
  },
  {
    pattern: /returned error: 30[1278]|unable to update url base from redirection/,
    code: 'REDIRECT_REFUSED',
    cause: 'The git server answers with a redirect, which is never followed with a token.',
    remedy: 'Use the address that it redirects to, after checking that it is one of the site.',
  },
  {
    pattern: /couldn't find remote ref|Remote branch .* not found/,
    code: 'GIT_BRANCH_MISSING',
    cause: 'The branch does not exist in the repository.',
    remedy: 'Check the name; the branch is never created.',
  },
  {
    pattern:
      /repository '.*' not found|returned error: 404|is this a git repository\?|does not appear to be a git repository|Repository not found/,
    code: 'GIT_REPOSITORY_MISSING',
    cause: 'There is no git repository at this address, or this user may not know of it.',
    remedy: 'Check the address; forges answer so for private repositories too.',
  },
  {
    pattern: /returned error: (?:429|5\d\d)|RPC failed; HTTP (?:429|5\d\d)/,
    code: 'GIT_SERVER_FAILED',
    cause: 'The git server failed or is overloaded.',
    remedy: 'Look at the server; run again later.',
  },
  {
    pattern: /certificate has expired|certificate is not yet valid/,
    code: 'TLS_EXPIRED',
    cause: 'The certificate of the git server is outside its validity, or the clock here is wrong.',
    remedy: 'Renew the certificate; check the clock of the runner.',
  },
  {
    pattern: /does not match target host|no alternative certificate subject name/,
    code: 'TLS_NAME_MISMATCH',
    cause: 'The certificate of the git server is for another name.',
    remedy: 'Use the name in the certificate, or issue one with this name as a SAN.',
  },
  {
    pattern:
      /server certificate verification failed|SSL certificate problem|error setting certificate/,
    code: 'TLS_UNTRUSTED',
    cause: 'The certificate of the git server is not signed by a CA that is trusted here.',
    remedy: 'Give the CA with git-ca; TLS verification is never switched off.',
  },
  {
    pattern: /Could not resolve host/,
    code: 'HOST_UNKNOWN',
    cause: 'The name of the git server does not resolve here.',
    remedy: 'Check the spelling and the DNS of the site.',
  },
  {
    pattern: /Connection refused|Failed to connect|Couldn't connect to server/,
    code: 'CONNECTION_REFUSED',
    cause: 'Nothing listens at the address of the git server, or a firewall rejects it.',
    remedy: 'Check that the server runs and that the port is right.',
  },
  {
    pattern: /Operation too slow|Operation timed out|Connection timed out/,
    code: 'DEADLINE_EXCEEDED',
    cause: 'The git server did not answer in time.',
    remedy: 'A firewall that drops packets looks like this; check the route, then the server.',
  },
  {
    pattern:
      /gnutls_handshake\(\) failed|GnuTLS recv error \(-12\)|OpenSSL SSL_connect|SSL routines:.* alert|wrong version number/,
    code: 'TLS_FAILED',
    cause: 'The TLS handshake with the git server failed.',
    remedy: 'Check that the port speaks TLS and which versions it accepts.',
  },
  {
    // After the handshake a connection that breaks shows as a failure to read or to write.
    pattern:
      /GnuTLS (?:recv|send) error|OpenSSL SSL_(?:read|write)|unexpected disconnect|error in sideband demultiplexer|Recv failure|Send failure|Empty reply from server|early EOF|remote end hung up|transfer closed/,
    code: 'CONNECTION_FAILED',
    cause: 'The connection to the git server broke.',
    remedy: 'Look at the server and at what stands between.',
  },
]
