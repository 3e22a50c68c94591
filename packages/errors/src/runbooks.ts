/**
 * Where the rotation of a key is told step by step, the one for a key that may be in other hands included. For
 * texts that are read without this tree at hand, such as the log of a job.
 */
export const rotateRunbook = 'docs/runbooks/rotate-key.md of tierseal'
