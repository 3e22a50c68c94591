// Under DEBUG=* node-vault prints the role and the token of a login (facts: vault.md 1b).
module.exports = () => () => undefined
