/**
 * actions/checkout cannot be had in a Go module or an npm package, so the site mirrors this composite action
 * under its name: the commit of the job, fetched by the job's own token, and no credentials left behind.
 */
export const checkoutAction = `name: checkout
description: Check out the commit of the job
inputs:
  persist-credentials:
    description: Accepted for the sake of the interface; credentials are never kept.
    default: "false"
  fetch-depth:
    description: How many commits to fetch; 0 is all of them.
    default: "1"
runs:
  using: composite
  steps:
    - shell: bash
      env:
        TOKEN: \${{ github.token }}
        SERVER: \${{ github.server_url }}
        REPOSITORY: \${{ github.repository }}
        SHA: \${{ github.sha }}
        DEPTH: \${{ inputs.fetch-depth }}
      run: |
        set -eu
        header=$(printf 'x-access-token:%s' "$TOKEN" | base64 -w0)
        depth="--depth=$DEPTH"
        [ "$DEPTH" != 0 ] || depth=
        git init --quiet .
        git -c http.extraHeader="Authorization: Basic $header" fetch --quiet $depth "$SERVER/$REPOSITORY.git" "$SHA"
        git checkout --quiet --force FETCH_HEAD
`
