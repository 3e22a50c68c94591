import type { CodeTable } from '../code-entry.ts'

/** The registry's answers. */
export const registryCodes = {
  REGISTRY_UNAUTHORIZED: {
    meaning: 'The registry does not accept the credentials, or none were given.',
    remedy: 'Check the user, the password and the host:port key in config.json.',
  },
  REGISTRY_DENIED: {
    meaning: 'The credentials are good, but not for this repository.',
    remedy: 'Grant the account pull (and push, where the step pushes) on the repository.',
  },
  REGISTRY_NOT_FOUND: {
    meaning: 'The registry has no such repository, manifest or blob.',
    remedy: 'Check the repository path; look at whether the push really ended.',
  },
  REGISTRY_BUSY: {
    meaning: 'The registry kept answering 429 or 5xx until the deadline.',
    remedy: 'Look at the registry; run the step again when it is well.',
  },
  REGISTRY_PROTOCOL: {
    meaning: 'What answered is not a registry, or does not follow the OCI distribution protocol.',
    remedy: 'A login page or proxy in between looks like this; check the address and NO_PROXY.',
  },
  REGISTRY_LOGIN_PAGE: {
    meaning: 'A page for people or a redirect came back: a portal or proxy stands in between.',
    remedy: 'Use the address of the registry itself; let the proxy pass /v2/ without a login.',
  },
  REGISTRY_DIGEST_MISMATCH: {
    meaning: 'The registry gave content whose digest is not the one that was asked for.',
    remedy: 'Something changes content on the way or in the storage; sign nothing from there.',
  },
  REGISTRY_SIZE_MISMATCH: {
    meaning: 'A blob has another size than the descriptor that names it says.',
    remedy:
      'No client takes such a blob: push again what the manifest in the message belongs to, or delete it.',
  },
  CREDENTIAL_HELPER_FAILED: {
    meaning: 'config.json leaves the host to a credential helper, which is absent or failed.',
    remedy: 'Install the helper in the runner image, or give user name and password as inputs.',
  },
  DOCKER_CONFIG_INVALID: {
    meaning:
      'The docker config.json is unreadable or malformed, or has an identity token where a password is needed.',
    remedy:
      'Give a folder that holds config.json, or the file; write auths with host:port keys, user names and passwords.',
  },
  REFERENCE_INVALID: {
    meaning: 'An image reference is malformed or has no registry host.',
    remedy: 'Write host[:port]/path@sha256:<64 hex>, in lower case, without a scheme.',
  },
  DIGEST_INVALID: {
    meaning: 'A digest is not sha256: followed by 64 lower-case hex digits.',
    remedy: 'Pass the digest output of the build step unchanged.',
  },
  REFERENCE_IS_TAG: {
    meaning: 'A tag stands where a digest is required; a tag can move.',
    remedy: 'Give repository@sha256:<digest>, as the build step outputs it in image.',
  },
} as const satisfies CodeTable
