import type { CodeTable } from '../code-entry.ts'

/** tiers.yaml and the files generated from it. */
export const siteCodes = {
  TIERS_INVALID: {
    meaning: 'tiers.yaml has errors; each is listed with its position.',
    remedy: 'Correct each of them; nothing was written.',
  },
  TIERS_NOT_FOUND: {
    meaning: 'There is no tiers.yaml where the command looked.',
    remedy: 'Point at it with --config, or start one with tierseal init.',
  },
  TIERS_SYNTAX: {
    meaning: 'tiers.yaml is not YAML.',
    remedy: 'Look at the position given; indentation and quotes are the usual causes.',
  },
  TIERS_UNKNOWN_KEY: {
    meaning: 'tiers.yaml has a key that means nothing.',
    remedy: 'Take the suggestion, or remove the key.',
  },
  TIERS_MISSING_KEY: {
    meaning: 'tiers.yaml lacks a value that has no default.',
    remedy: 'Write it; the help line says what it is.',
  },
  TIERS_WRONG_TYPE: {
    meaning: 'A value in tiers.yaml has another type than expected.',
    remedy: 'Quote a version such as "1.20": YAML reads it as the number 1.2.',
  },
  TIERS_BAD_VALUE: {
    meaning: 'A value in tiers.yaml has not the form that it must have.',
    remedy: 'Write it in the form that the message gives.',
  },
  TIERS_GENERATOR_VERSION: {
    meaning: 'The site names another release of the generator than the one that runs.',
    remedy: 'Run the release it names, or change generator and look at the diff.',
  },
  TIERS_DUPLICATE: {
    meaning: 'Two services or tiers have the same name or folder.',
    remedy: 'Rename one of them.',
  },
  TIERS_SHARED: {
    meaning:
      'Two tiers share, or nest, what must belong to one: key, role, runner, path and so on. Or one tier has its runner, its workloads, its build pods or its Argo CD in one namespace.',
    remedy: 'Give each its own; the defaults made from the names of the tiers do.',
  },
  TIERS_FOREIGN: {
    meaning:
      'A value of one tier names another tier, or one for all tiers names what belongs to one.',
    remedy: 'Name it after its own tier; what is left out is made from the name of the tier.',
  },
  TIERS_TOO_OLD: {
    meaning:
      'A product in the cluster of a tier is older than the generated files are written for.',
    remedy: 'Upgrade it; the message names the oldest release that they hold for.',
  },
  TIERS_FORMAT_UNVERIFIABLE: {
    meaning: "The tier's Kyverno cannot verify signatures of the format that the tier signs with.",
    remedy:
      'Use bundle with Kyverno 1.19 and cosign 3, or else legacy; oci-1-1 is for cosign 2 and an older Kyverno alone.',
  },
  TIERS_INSECURE: {
    meaning: 'A protected tier would speak to a server whose identity nothing proves.',
    remedy: 'Use TLS with the CA of the site.',
  },
  TIERS_NOT_BY_DIGEST: {
    meaning: 'An image that admission should accept is named by tag.',
    remedy: 'Name it by digest.',
  },
  TIERS_OPEN_NAMESPACE: {
    meaning: 'Workloads of a tier would run in a namespace that the admission rules leave out.',
    remedy: 'Take the namespace off the list of exclusions.',
  },
  TIERS_UNUSABLE: {
    meaning: 'A value in tiers.yaml cannot work together with another one.',
    remedy: 'Change one of the two; the message says why they do not fit.',
  },
  TEMPLATE_INVALID: {
    meaning: 'A template in workflows/ has a placeholder that cannot be filled in safely.',
    remedy: 'Correct the template at the position given.',
  },
  GENERATED_EDITED: {
    meaning: 'A generated file was edited by hand, or stands where one would be written.',
    remedy: 'Move the change to tiers.yaml or a template, then generate with --force.',
  },
  LOCK_INVALID: {
    meaning: 'tierseal.lock.json, which tells hand edits from stale files, cannot be read.',
    remedy: 'Restore it from git.',
  },
  FOLDER_TAKEN: {
    meaning: 'The lock in a folder says that its generated files are of another site or service.',
    remedy: 'Give each site a folder of its own, and name the service whose checkout it is.',
  },
  FILE_UNREADABLE: {
    meaning: 'A file of the site is there and cannot be read.',
    remedy:
      'Correct what the message names: the rights of the file, or a folder where a file belongs.',
  },
  FILES_NOT_WRITTEN: {
    meaning: 'The generated files could not be written.',
    remedy:
      'Correct what the message names, and run the command again; everything was left as it was.',
  },
  PUBLIC_KEY_INVALID: {
    meaning:
      'keys/<tier>.pem does not hold one public key that cosign signs for, or two during a rotation, and nothing else.',
    remedy:
      'Write it anew with tierseal keys fetch TIER --drop-others; rotate a private key that stood in it: docs/runbooks/rotate-key.md.',
  },
  PUBLIC_KEY_SHARED: {
    meaning: 'Two tiers have the same public key on record: what one signs, the other admits.',
    remedy:
      'Give each tier a key of its own: tierseal keys init TIER, or tierseal keys fetch TIER --drop-others where Vault has one.',
  },
  ORIGIN_UNKNOWN: {
    meaning: 'tierseal origin was asked for a line or a key that no generated file has.',
    remedy: 'Name a line of a generated file, or a key of tiers.yaml, as the hint says.',
  },
  INVARIANT_BROKEN: {
    meaning:
      'A rendered file breaks a promise: tiers mix, an action is not pinned, files disagree.',
    remedy: 'Correct tiers.yaml or the template that the message names; nothing was written.',
  },
  KEY_EXISTS: {
    meaning: 'tierseal keys init was asked for a tier that has a key.',
    remedy:
      'Record its public part with tierseal keys fetch; replace a key by rotating it: docs/runbooks/rotate-key.md.',
  },
  VAULT_TOKEN_MISSING: {
    meaning: 'A command that talks to Vault as its operator has no token.',
    remedy: 'Set VAULT_TOKEN, or give --token-file FILE.',
  },
  SITE_EXISTS: {
    meaning: 'tierseal init was asked for a site where there is one.',
    remedy: 'Edit its tiers.yaml, or start another site in another folder.',
  },
  FORGE_UNREACHABLE: {
    meaning: 'git cannot list the tags of an action repository on the forge of the site.',
    remedy: 'Check forgeAddress and source in tiers.yaml, the access, and the CA.',
  },
  ACTION_RELEASE_UNKNOWN: {
    meaning: 'The forge has no tag of the version that tiers.yaml names.',
    remedy: 'Push the release to the mirror, or name one that is there.',
  },
  CLUSTER_OUTPUT_UNREADABLE: {
    meaning:
      'The file is not what kubectl prints of Kyverno with -o yaml, such as a refusal, or holds nothing of what is asked for.',
    remedy:
      'Run the commands that tierseal openings --help shows, as somebody who may read these objects.',
  },
  USAGE: {
    meaning: 'The command line of tierseal is not one that it understands.',
    remedy: 'See tierseal --help for the verbs, and tierseal VERB --help for the options of one.',
  },
} as const satisfies CodeTable
