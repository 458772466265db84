#!/bin/sh
# Publishes what is in dist as the release of a tag, once: as a draft first, and for everybody only
# when each file is there whole. Needs gh. `sh scripts/publish.sh v1.2.3`.
set -eu

tag=${1:?which tag?}
cd "$(dirname "$0")/../dist"

if gh release view "$tag" > /dev/null 2>&1; then
  echo "publish: $tag is released already, and a release is never changed" >&2
  exit 1
fi

# Each file that checksums.txt names, and itself; a file that is damaged ends it here.
sha256sum --check --quiet --strict checksums.txt
set -- checksums.txt
while read -r _ name; do
  set -- "$@" "$name"
done < checksums.txt

gh release create "$tag" --draft --verify-tag --title "letme ${tag#v}" --generate-notes "$@"

# What GitHub has is what was built.
uploaded=$(mktemp -d)
trap 'rm -rf "$uploaded"' EXIT
gh release download "$tag" --dir "$uploaded"
cmp checksums.txt "$uploaded/checksums.txt"
(cd "$uploaded" && sha256sum --check --quiet --strict checksums.txt)

gh release edit "$tag" --draft=false --latest
echo "publish: $tag is released, with $# files"
