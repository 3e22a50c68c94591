// node-vault requires axios when it loads and uses it only where no transport is injected.
const refuse = () => {
  throw new Error('this bundle carries no axios: packages/vault injects its own transport')
}

module.exports = { create: refuse }
