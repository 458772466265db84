#!/bin/sh
# What the setup-letme action does: installs letme into the runner's tool cache, unless it is there
# already, and puts it into the PATH of the steps that follow.
set -eu

repository=$(cd "$(dirname "$0")/../../.." && pwd)
version=${INPUT_VERSION#v}
if [ -z "$version" ]; then
  version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$repository/package.json")
fi
case $version in
  '' | *[!0-9A-Za-z.+-]*)
    echo "::error::setup-letme: '$version' is no version"
    exit 1
    ;;
esac

# The layout of the runners' tool cache: a folder, and a file beside it once the folder is whole.
dir=${RUNNER_TOOL_CACHE:?}/letme/$version/${RUNNER_ARCH:?}
if [ ! -e "$dir.complete" ]; then
  sh "$repository/install.sh" --dir "$dir" --version "$version"
  : > "$dir.complete"
fi
"$dir/letme" --version
# What reads the PATH on Windows knows no paths of its bash.
if command -v cygpath > /dev/null 2>&1; then dir=$(cygpath -w "$dir"); fi
echo "$dir" >> "${GITHUB_PATH:?}"
echo "version=$version" >> "${GITHUB_OUTPUT:?}"
