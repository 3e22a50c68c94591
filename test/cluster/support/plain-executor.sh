#!/bin/busybox sh
# The contract of a kaniko executor in a pod, kept by crane for Dockerfiles of FROM, COPY and CMD: without RUN nothing is
# mounted and no root is changed, so its pods run under the action's own defaults, as kaniko's do.
set -eu
case "${1:-}" in
  version) echo 'Kaniko version :  v0.0.0-crane'; exit 0 ;;
  --help)
    for flag in context dockerfile destination digest-file verbosity log-format log-timestamp build-arg label \
      target reproducible ignore-path registry-certificate registry-map skip-default-registry-fallback cache cache-repo secret; do
      echo "      --$flag string"
    done
    exit 0 ;;
esac
dockerfile=Dockerfile destination='' digest_file='' ca='' context=''
for word in "$@"; do
  value=${word#*=}
  case "$word" in
    --context=dir://*) context=${value#dir://} ;;
    --dockerfile=*) dockerfile=$value ;;
    --destination=*) destination=$value ;;
    --digest-file=*) digest_file=$value ;;
    --registry-certificate=*) ca=${value#*=} ;;
    --secret=*) test -s "${value##*src=}" ;;
  esac
done
mkdir -p /build/context /build/layer
if [ -z "$context" ]; then
  context=/build/context
  tar -xzf - -C $context
fi
export SSL_CERT_FILE="$ca"
base=$(sed -n 's/^FROM //p' "$context/$dockerfile")
command=$(sed -n 's/^CMD //p' "$context/$dockerfile" | sed 's/[]["]//g; s/, */,/g')
sed -n 's/^COPY //p' "$context/$dockerfile" | while read -r from to; do
  echo "COPY $from $to"
  mkdir -p "/build/layer$(dirname "$to")"
  cp -r "$context/$from" "/build/layer$to"
done
tar -C /build/layer -cf /build/layer.tar .
crane append --base "$base" --new_layer /build/layer.tar --new_tag "$destination"
crane mutate "$destination" --cmd "$command" --tag "$destination"
printf '%s' "$(crane digest "$destination")" > "$digest_file"
