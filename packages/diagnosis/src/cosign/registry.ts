import type { Diagnosis } from '../diagnosis.ts'

/** What cosign says of the registry's answers. */
export const registryDiagnoses: readonly Diagnosis[] = [
  {
    pattern: /parsing config file \([^)]*\)/,
    code: 'DOCKER_CONFIG_INVALID',
    cause: 'The docker config.json is not JSON.',
    remedy: 'Write it again; auths has host:port keys.',
  },
  {
    pattern: /exec: "docker-credential-[^"]+": executable file not found/,
    code: 'CREDENTIAL_HELPER_FAILED',
    cause:
      'config.json leaves the host to a credential helper that the runner image does not have.',
    remedy: 'Install the helper, or give registry-username and registry-password.',
  },
  {
    pattern: /Get "https?:\/\/[^"]*\/token\?[^"]*": dial tcp: lookup/,
    code: 'HOST_UNKNOWN',
    cause: 'The token service that the registry names cannot be found.',
    remedy: 'Correct the realm of the registry; it must be a name of this site.',
  },
  {
    pattern: /manifest digest: "[^"]+" does not match requested digest/,
    code: 'REGISTRY_LOGIN_PAGE',
    cause: 'Something else than the registry answered with success: a proxy or a login page.',
    remedy: 'Take the registry out of the proxy (NO_PROXY).',
  },
  {
    pattern: /MANIFEST_BLOB_UNKNOWN/,
    code: 'SIGN_BUNDLE_COPY',
    cause: 'cosign load pushed a bundle whose image is not there yet.',
    remedy: 'Copy with oras copy -r.',
  },
  {
    pattern: /DENIED|403 Forbidden/,
    code: 'REGISTRY_DENIED',
    cause: 'The account may read but not push here, or tags of this repository cannot be changed.',
    remedy: 'Grant push on the repository of the image; the signature is stored beside it.',
  },
  {
    pattern: /UNAUTHORIZED|401 Unauthorized/,
    code: 'REGISTRY_UNAUTHORIZED',
    cause:
      'The registry did not accept the credentials or got none: an empty password, or DOCKER_CONFIG naming the file instead of its folder, make cosign go on without.',
    remedy: 'Check user and password, and that the keys in config.json are host:port.',
  },
  {
    // UNKNOWN alone is what registries say of their own failure (500).
    pattern: /unexpected status code (?:429|50[0-9])|TOOMANYREQUESTS|: (?:UNAVAILABLE|UNKNOWN):/,
    code: 'REGISTRY_BUSY',
    cause: 'The registry is busy or unwell.',
    remedy: 'Run the step again; look at the registry.',
  },
]
