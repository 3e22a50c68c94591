import type { CodeTable } from '../code-entry.ts'

/** The fetch link: Vault's answers, the service account token, and handing the key over. */
export const fetchCodes = {
  VAULT_ADDRESS_INVALID: {
    meaning: 'The address of Vault is not an https URL, or holds what does not belong there.',
    remedy: 'Give https://host:port. Plain HTTP is accepted for an agent on loopback only.',
  },
  VAULT_PATH_INVALID: {
    meaning: 'A mount or a path inside Vault is malformed.',
    remedy: 'Write components joined by /, such as tiers/dev, without data/ and without wildcards.',
  },
  VAULT_SEALED: {
    meaning: 'Vault is sealed, or was never initialized, and answers nothing.',
    remedy: 'Unseal Vault, then run the step again.',
  },
  VAULT_STANDBY: {
    meaning: 'A standby node answered, which sends its clients elsewhere, or no node is active.',
    remedy: 'Use the address of the load balancer or of the active node; look at the cluster.',
  },
  VAULT_RATE_LIMITED: {
    meaning: 'Vault kept turning requests away (429), or asks for a pause beyond the deadline.',
    remedy: 'Look at the rate-limit quotas and at who asks so often.',
  },
  VAULT_LAGGING: {
    meaning: 'A replica kept saying that it has not yet seen what was written (412).',
    remedy: 'Look at the replication; address the active node.',
  },
  VAULT_UNAVAILABLE: {
    meaning: 'Vault kept answering 5xx, or that it is still setting up the mount.',
    remedy: 'Look at the log of Vault and at what stands before it.',
  },
  VAULT_PROTOCOL: {
    meaning: 'What answered is not a Vault.',
    remedy: 'A login page or a proxy in between looks like this; check the address.',
  },
  VAULT_REFUSED: {
    meaning: 'Vault refused for a reason that is not in the table of known ones.',
    remedy: 'Read what Vault says, which the message quotes.',
  },
  VAULT_NAMESPACE_UNKNOWN: {
    meaning: 'Vault has no such namespace.',
    remedy: 'Check vault-namespace; leave it empty where the server has no namespaces.',
  },
  VAULT_MOUNT_MISSING: {
    meaning: 'No engine is mounted where the path starts.',
    remedy: 'Check kv-mount or transit-mount, and vault-namespace.',
  },
  VAULT_DENIED: {
    meaning: 'The token is good, but its policies do not allow this.',
    remedy: 'Compare the path with the policies of the role; KV version 2 has data/ in its paths.',
  },
  VAULT_JWT_UNREADABLE: {
    meaning: 'The service account token file is missing, unreadable, empty or not a token.',
    remedy: 'Mount a projected service account token with the audience of the role; name its file.',
  },
  VAULT_ROLE_UNKNOWN: {
    meaning: 'The auth mount has no such role.',
    remedy: 'Check role and auth-mount; each tier has a role of its own.',
  },
  VAULT_SERVICE_ACCOUNT_REFUSED: {
    meaning: 'The role is not for this service account.',
    remedy: "Run the job under the tier's service account, or correct the role.",
  },
  VAULT_KUBERNETES_NAMESPACE_REFUSED: {
    meaning: 'The role is not for service accounts of this Kubernetes namespace.',
    remedy: "Run the job in the tier's namespace, or correct the role.",
  },
  VAULT_AUDIENCE_REFUSED: {
    meaning: 'The service account token is for another audience than the role wants.',
    remedy: 'Project the token with the audience of the role (vault) and name that file.',
  },
  VAULT_JWT_EXPIRED: {
    meaning: 'The service account token has expired, or a clock is wrong.',
    remedy: 'Read the token from its mount at each use; compare the clocks.',
  },
  VAULT_ISSUER_REFUSED: {
    meaning: 'The auth mount checks the issuer and expects another one.',
    remedy: 'Set disable_iss_validation=true, or the right issuer, in the config of the mount.',
  },
  VAULT_AUTH_NOT_CONFIGURED: {
    meaning: 'The auth mount exists, but its config was never written.',
    remedy: 'Write auth/<mount>/config with kubernetes_host and the CA.',
  },
  VAULT_LOGIN_DENIED: {
    meaning: 'Vault denied the login and keeps the reason in its own log.',
    remedy: 'Go through the causes that the message lists; the last word is in the log of Vault.',
  },
  VAULT_BATCH_TOKEN: {
    meaning: 'The role gives batch tokens, which cannot be revoked.',
    remedy: 'Set token_type=service on the role.',
  },
  VAULT_TOKEN_LIFE: {
    meaning: 'The role gives tokens that live long: a killed step would leave one behind.',
    remedy: 'Set token_ttl=5m and token_max_ttl=10m on the role; 15 minutes is the most.',
  },
  VAULT_TOKEN_USES: {
    meaning: 'The role gives tokens for fewer requests than the step needs.',
    remedy: 'Set token_num_uses on the role to 0, or to what the message says.',
  },
  VAULT_POLICY_UNEXPECTED: {
    meaning: 'The token carries a policy that is not among the expected ones.',
    remedy: 'Remove the policy from the role or the identity, or add it to expected-policies.',
  },
  VAULT_POLICY_TOO_BROAD: {
    meaning: 'The token can do more than read, or sign with, the key of its own tier.',
    remedy: 'Narrow the policies of the role to what the message says; one policy per tier.',
  },
  VAULT_POLICY_TOO_NARROW: {
    meaning: 'The token may not do what the step needs.',
    remedy: 'Grant what the message names; KV version 2 has data/ in its paths.',
  },
  VAULT_SECRET_MISSING: {
    meaning: 'There is no secret at this path, or not in this version.',
    remedy: 'Check the mount, the path and the version.',
  },
  VAULT_SECRET_DELETED: {
    meaning: 'This version of the secret was deleted or destroyed.',
    remedy: 'Pin a version that lives, or undelete this one.',
  },
  VAULT_KV_VERSION: {
    meaning: 'The engine at the mount is of the other KV version.',
    remedy: 'Set kv-version to the version of the engine.',
  },
  VAULT_FIELD_MISSING: {
    meaning: 'The secret is there, but has no such field, or it is not text.',
    remedy: 'Check the field names; the message lists which fields there are.',
  },
  VAULT_PUBLIC_KEY_INVALID: {
    meaning: 'What stands as public key is not exactly one in PEM.',
    remedy:
      'Store the output of cosign public-key alone, with its BEGIN and END lines. A private key that stood there is no secret any more: rotate it (docs/runbooks/rotate-key.md).',
  },
  VAULT_PRIVATE_KEY_FORM: {
    meaning: 'What stands as private key is not an encrypted cosign key in PEM.',
    remedy: 'Store the file cosign.key as it is; the message says what was recognised.',
  },
  VAULT_KEY_VERSION: {
    meaning: 'The version of the key is not the pinned one, is too old, or is not known.',
    remedy: 'End the rotation that is under way (docs/runbooks/rotate-key.md), or correct the pin.',
  },
  VAULT_HANDLE_EXPIRED: {
    meaning: 'The handle was opened too late: what ran between the two steps took too long.',
    remedy: 'Move it before vault-fetch-key, or raise handle-ttl-seconds there.',
  },
  VAULT_WRAPPING_SPENT: {
    meaning: 'The handle was opened before, and within its life: perhaps by somebody else.',
    remedy: 'Unless the job used it twice, treat the key as exposed: docs/runbooks/rotate-key.md.',
  },
  VAULT_WRAPPING_FOREIGN: {
    meaning: 'The wrapping token was made by another request than the one of vault-fetch-key.',
    remedy:
      'Somebody replaced it: see the audit log of Vault, and rotate the key: docs/runbooks/rotate-key.md.',
  },
  VAULT_REVOKE_FAILED: {
    meaning: 'The token could not be revoked, and lives until its time is over.',
    remedy: 'Grant update on auth/token/revoke-self; keep token_ttl of the role short.',
  },
  VAULT_WRITE_CONFLICT: {
    meaning: 'A secret has changed since it was read; nothing was written.',
    remedy: 'Read it again and repeat the change on top of it.',
  },
  HANDOVER_NOT_TMPFS: {
    meaning: 'The folder for the key file is on a disk, where a removed key can be found again.',
    remedy: 'Use /dev/shm or another tmpfs, or handover wrapped, which needs no file.',
  },
  HANDOVER_DIRECTORY: {
    meaning: 'The folder for the key file cannot be used.',
    remedy: 'Name a folder that exists and that the runner may write to.',
  },
} as const satisfies CodeTable
