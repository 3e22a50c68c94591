import type { CodeTable } from '../code-entry.ts'

/** The pin link. */
export const pinCodes = {
  PIN_LINE_INVALID: {
    meaning: 'A line of pins is not `overlay-directory [entry=]image@sha256:<digest>`.',
    remedy: 'Write one overlay and one image by digest per line, separated by one space.',
  },
  PIN_OVERLAY_MISSING: {
    meaning: 'The overlay directory does not exist on the branch or holds no kustomization file.',
    remedy: 'Check the directory, relative to the root of the GitOps repository, and the branch.',
  },
  PIN_OVERLAY_AMBIGUOUS: {
    meaning: 'The overlay directory holds several kustomization files.',
    remedy: 'Keep one of kustomization.yaml, kustomization.yml and Kustomization.',
  },
  PIN_PATH_REFUSED: {
    meaning:
      'A path of the GitOps repository is a symbolic link, a submodule, or leads out of the repository.',
    remedy:
      'Use plain directories and files inside the repository for everything an overlay needs.',
  },
  PIN_FILE_TOO_LARGE: {
    meaning: 'A file that the overlay needs, or all of them together, exceed the size limit.',
    remedy: 'Keep large files out of directories that Kustomize reads.',
  },
  PIN_REMOTE_RESOURCE: {
    meaning: 'The overlay refers to a remote resource; nothing is fetched while proving a pin.',
    remedy: 'Vendor the remote base into the GitOps repository.',
  },
  PIN_KUSTOMIZATION_INVALID: {
    meaning:
      'A kustomization file does not have the shape that Kustomize defines, or Kustomize could read it otherwise than it looks.',
    remedy: 'Correct the place that the message names.',
  },
  PIN_ENTRY_UNKNOWN: {
    meaning: 'No images entry of the overlay is for this image. Entries are never added silently.',
    remedy: 'Add an images entry for it once, by hand, or correct the name.',
  },
  PIN_ENTRY_AMBIGUOUS: {
    meaning: 'Several images entries of the overlay are for this image.',
    remedy: 'Remove the duplicate, or name one as `entry=image@sha256:...` in pins.',
  },
  PIN_ENTRY_RENAMED: {
    meaning: 'The images entry of this name sends it to another image by newName.',
    remedy: 'Pin the image that newName names, or correct newName.',
  },
  PIN_ENTRY_PATTERN: {
    meaning:
      'Kustomize reads the name of an images entry as a regular expression, and this one matches more than itself.',
    remedy: 'Give the entry a name that matches only the image meant.',
  },
  PIN_ENTRY_CHAINED: {
    meaning:
      'Kustomize applies images entries one after another, and another entry takes this one up or feeds it.',
    remedy: 'Let each entry name its final image; no entry may match the result of another one.',
  },
  PIN_ENTRY_SHAPE: {
    meaning:
      'The images entry uses a YAML feature in which an exact edit is not safe (anchor, alias, merge key, tag, block scalar).',
    remedy: 'Write the entry as plain `name:` and `digest:` lines.',
  },
  PIN_BUILD_FAILED: {
    meaning: '`kustomize build` of the overlay failed, so the pin cannot be proven.',
    remedy: 'Run `kustomize build` on the overlay and correct what it says.',
  },
  PIN_BUILD_DIFFERS: {
    meaning: 'The pin would change more in the build than the image strings it is about.',
    remedy: 'See what else depends on the images entry; nothing was pushed.',
  },
  PIN_CHANGED_NOTHING: {
    meaning:
      'The edit would change no container in the build of the overlay: a pin that pins nothing.',
    remedy: 'Check that the images entry has the name that the manifests use.',
  },
  PIN_NOT_EVERYWHERE: {
    meaning: 'After the pin, the build would still use the image without the pinned digest.',
    remedy: 'Use the image only in places that Kustomize transforms, or pin those places too.',
  },
  PIN_ORDER_UNKNOWN: {
    meaning:
      'It cannot be told whether the digest that stands there now is older or newer than this one.',
    remedy:
      'Let the source checkout hold the whole history (fetch-depth: 0), or tell where the digest comes from: docs/runbooks/roll-back.md.',
  },
  PIN_ORDER_DIVERGED: {
    meaning: 'The digest that stands there now was built from a commit of another line of history.',
    remedy:
      'Merge the two lines, or take the pin of the other line back in the GitOps repository: docs/runbooks/roll-back.md.',
  },
  PIN_IMAGE_CHANGED: {
    meaning:
      'Another run changed the pin of the same image while this one was about to, and only a person can say which should stand.',
    remedy: 'Look at the commits on the branch; run again if this pin should stand.',
  },
  PIN_RACE_LOST: {
    meaning: 'Other writers were faster in every attempt.',
    remedy:
      'Run again, raise attempts, or spread the writers over several branches or repositories.',
  },
  PIN_PUSH_REFUSED: {
    meaning: 'The server refuses the push by a rule: a protected branch or a hook.',
    remedy: 'Let the bot user push to the branch, or use mode pull-request.',
  },
  PIN_MESSAGE_INVALID: {
    meaning: 'A value for the commit message holds control characters or line breaks.',
    remedy: 'Give the value on one line of plain text.',
  },
  PIN_SIGNING_KEY_INVALID: {
    meaning: 'The OpenPGP key is unreadable, has no secret part, or its passphrase is wrong.',
    remedy: 'Give the armored secret key (`gpg --export-secret-keys --armor`) and its passphrase.',
  },
  PIN_SIGNATURE_UNVERIFIED: {
    meaning: 'The commit that was just signed does not verify with the same key.',
    remedy: 'Check that the key may sign and has not expired.',
  },
  PIN_KEYRING_ON_DISK: {
    meaning: 'There is no tmpfs for the OpenPGP keyring: the key would reach a disk.',
    remedy: 'Mount a tmpfs (medium: Memory) at /dev/shm or name one with signing-directory.',
  },
  GIT_UNAUTHORIZED: {
    meaning: 'The git server does not accept the credentials, or none were given.',
    remedy: 'Check username and token; a forge cannot push to another repository with a job token.',
  },
  GIT_FORBIDDEN: {
    meaning: 'The git server knows the user and forbids the access.',
    remedy: 'Give the bot user write access to the GitOps repository.',
  },
  GIT_REPOSITORY_MISSING: {
    meaning: 'There is no git repository at this address, or this user may not know of it.',
    remedy: 'Check the address; forges answer so for private repositories too.',
  },
  GIT_BRANCH_MISSING: {
    meaning: 'The branch does not exist in the repository.',
    remedy: 'Check the name; the branch is never created.',
  },
  GIT_SERVER_FAILED: {
    meaning: 'The git server failed or was overloaded, several times in a row.',
    remedy: 'Look at the server; run again later.',
  },
  GIT_FAILED: {
    meaning: 'git ended with a failure that is not in the table of known failures.',
    remedy: 'Read the last lines of its output, which the message quotes.',
  },
} as const satisfies CodeTable
