#!/bin/busybox sh
# The contract of a kaniko executor in a pod, kept by buildah: for labs where no kaniko image can be had.
# It needs CAP_SYS_ADMIN, which kaniko does not (chroot isolation mounts), so its pods run under a weaker profile.
set -eu
case "${1:-}" in
  version) echo 'Kaniko version :  v0.0.0-buildah'; exit 0 ;;
  --help)
    for flag in context dockerfile destination digest-file verbosity log-format log-timestamp build-arg label \
      target reproducible ignore-path registry-certificate registry-map skip-default-registry-fallback cache cache-repo secret; do
      echo "      --$flag string"
    done
    exit 0 ;;
esac
dockerfile=Dockerfile destination='' digest_file='' ca='' context=''
set --
for word in $(busybox tr '\0' ' ' < /proc/$$/cmdline); do
  value=${word#*=}
  case "$word" in
    --context=dir://*) context=${value#dir://} ;;
    --dockerfile=*) dockerfile=$value ;;
    --destination=*) destination=$value ;;
    --digest-file=*) digest_file=$value ;;
    --registry-certificate=*) ca=${value#*=} ;;
    --build-arg=*) set -- "$@" "$word" ;;
    --label=*) set -- "$@" "$word" ;;
    --secret=*) set -- "$@" "$word" ;;
  esac
done
export HOME=/root TMPDIR=/build BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs REGISTRY_AUTH_FILE=/kaniko/.docker/config.json
mkdir -p /build/context /build/trust
if [ -z "$context" ]; then
  context=/build/context
  busybox tar -xzf - -C $context
fi
[ -z "$ca" ] || cp "$ca" /build/trust/ca.crt
store="--storage-driver=vfs --root=/build/storage --runroot=/build/run"
trust="--cert-dir=/build/trust --signature-policy=/etc/containers/policy.json"
buildah $store bud $trust "$@" --file "$context/$dockerfile" --tag "$destination" "$context"
buildah $store push $trust --digestfile /build/digest "$destination"
busybox head -c 71 /build/digest > "$digest_file"
