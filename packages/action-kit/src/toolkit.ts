// What only a step needs that looks for a program and asks it something: one chunk of a bundle, loaded then.
export { getExecOutput } from '@actions/exec'
export { which } from '@actions/io'
