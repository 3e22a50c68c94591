import type { CodeTable } from '../code-entry.ts'

/** The build link. */
export const buildCodes = {
  BUILD_FAILED: {
    meaning: 'The build ended with a failure of the Dockerfile itself.',
    remedy: 'Read the quoted lines; build the failing stage locally.',
  },
  CONTEXT_INVALID: {
    meaning: 'The build context or the Dockerfile in it is missing or lies where it must not.',
    remedy: 'Check context and dockerfile, and that the checkout step ran before.',
  },
  DOCKERFILE_INVALID: {
    meaning: 'The Dockerfile cannot be parsed, or names a stage or file that does not exist.',
    remedy: 'Correct the line that the engine names.',
  },
  BASE_IMAGE_UNAVAILABLE: {
    meaning: 'A base image cannot be pulled.',
    remedy: 'Mirror it to the registry of the site, or set registry-mirrors.',
  },
  PUSH_FAILED: {
    meaning: 'The image was built and could not be pushed.',
    remedy: 'Grant the account push on the repository; look at the storage of the registry.',
  },
  ARGUMENT_REFUSED: {
    meaning: 'An extra argument would undo a guard of this action, or has an input of its own.',
    remedy: 'Use the input that the message names, or leave the argument out.',
  },
  ENGINE_CANNOT: {
    meaning: 'The chosen engine, or this version of it, cannot do what an input asks for.',
    remedy: 'Leave the input out, or use an engine or fork that can.',
  },
  EXECUTOR_REFUSED: {
    meaning: 'The chosen executor would damage the runner that it would run on.',
    remedy: 'Use executor: sandbox, or the container layout that the message describes.',
  },
  BUILD_DIGEST_MISSING: {
    meaning: 'The engine ended with success and left no digest.',
    remedy: 'Report it with the log: no known version does this.',
  },
  BUILD_RECORD_MISMATCH: {
    meaning: "The engine's digest and its own record of what it pushed disagree.",
    remedy: 'Do not use the image; build again, without a cache repository first.',
  },
  BUILD_NOT_IN_REGISTRY: {
    meaning: 'The engine reported success, but the registry does not hold the digest.',
    remedy: 'Look at the registry: its storage, a pull-through cache or a replica that lags.',
  },
  BUILD_TAG_DIFFERS: {
    meaning: 'After the build a destination names another image than the one that was built.',
    remedy: 'See who else pushes to this tag, and whether the registry lets a tag be moved.',
  },
  POD_REFUSED: {
    meaning: 'The API server did not accept the pod of a build.',
    remedy:
      'Apply platform/<tier>/kubernetes/build-pods.yaml; read which policy, quota or standard the message names.',
  },
  POD_OWNER_ABSENT: {
    meaning: 'The pod of kubernetes-owner is not in the namespace of the builds.',
    remedy:
      'Kubernetes deletes what an owner of another namespace owns: name a pod of that namespace, or none.',
  },
  POD_RIGHT_MISSING: {
    meaning:
      'The account of the runner lacks a right on the pods of builds, which the message names.',
    remedy:
      'Grant the Role of workflows/kubernetes/build-pods.yaml in the namespace of the builds.',
  },
  POD_UNSEEN: {
    meaning: 'The API server could not be asked about the pod of a build until its deadline.',
    remedy: 'Look at the API server and at what stands before it; nothing is known of the build.',
  },
  CONTEXT_NOT_SENT: {
    meaning: 'The context could not be sent into the pod of a build.',
    remedy:
      'Let upgraded connections pass to the API server, and the runner read every file of the context.',
  },
  POD_NOT_STARTED: {
    meaning: 'The pod of a build was accepted and does not start.',
    remedy:
      'Look at the image, at the Secrets and ConfigMaps it mounts, and at the room on the nodes.',
  },
  POD_LOST: {
    meaning:
      'The pod of a build ended without a result: evicted, deleted, out of memory, node gone.',
    remedy: 'Build again; raise the limits of kubernetes-resources if memory was the reason.',
  },
  LEFTOVERS: {
    meaning: 'Processes, mounts or files of a build could not be removed.',
    remedy: 'Look at what the message names; end the runner if it stays.',
  },
} as const satisfies CodeTable
