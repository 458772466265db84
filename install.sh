#!/bin/sh
# Installs letme, a command-line tool for temporary AWS credentials: one file, without sudo.
#
#   curl -fsSL https://github.com/lockedinspace/letme/releases/latest/download/install.sh | sh
#   sh install.sh [--dir DIR] [--version VERSION]
#
# Downloads the archive for this machine, compares its SHA-256 with the release's checksums.txt
# (and, where gh is logged in, its attestation with GitHub's), and puts the binary into
# ~/.local/bin. Nothing is installed where anything of this fails.

# All of it is one function, so that a download that breaks off runs nothing.
letme_install() {
  set -eu
  LC_ALL=C
  export LC_ALL
  # Where to download from; another place for mirrors.
  base=${LETME_INSTALL_URL:-https://github.com/lockedinspace/letme/releases}
  dir=
  version=
  work=

  say() { printf '%s\n' "$*" >&2; }

  # fail MESSAGE [HINT]: ends with 1.
  fail() {
    say "install.sh: $1"
    if [ $# -gt 1 ]; then say "hint: $2"; fi
    exit 1
  }

  usage() {
    say "install.sh: $1"
    say "hint: sh install.sh [--dir DIR] [--version VERSION]"
    exit 2
  }

  has() { command -v "$1" > /dev/null 2>&1; }

  cleanup() {
    if [ -n "$work" ]; then rm -rf "$work"; fi
  }

  read_options() {
    while [ $# -gt 0 ]; do
      case $1 in
        --dir | --version)
          if [ $# -lt 2 ] || [ -z "$2" ]; then usage "$1 needs a value"; fi
          if [ "$1" = --dir ]; then dir=$2; else version=${2#v}; fi
          shift 2
          ;;
        --dir=?*) dir=${1#*=} && shift ;;
        --version=?*) version=${1#*=} && version=${version#v} && shift ;;
        -h | --help)
          printf '%s\n' \
            'Installs letme for this user, without sudo.' '' \
            'usage: sh install.sh [--dir DIR] [--version VERSION]' '' \
            '  --dir DIR          where the binary goes (default: ~/.local/bin)' \
            '  --version VERSION  a release, as 1.2.3 (default: the latest)'
          exit 0
          ;;
        *) usage "unknown option $1" ;;
      esac
    done
    case $version in
      *[!0-9A-Za-z.+-]*) usage "$version is no version" ;;
    esac
    if [ -z "$dir" ]; then
      if [ -z "${HOME:-}" ]; then fail 'HOME is not set' 'say where to install with --dir DIR'; fi
      dir=$HOME/.local/bin
    fi
  }

  # Sets system, suffix (as in amd64_musl.tar.gz), binary and musl.
  detect() {
    binary=letme
    musl=
    kind=tar.gz
    case $(uname -s) in
      Linux) system=linux ;;
      Darwin) system=darwin ;;
      MINGW* | MSYS* | CYGWIN*)
        system=windows
        binary=letme.exe
        kind=zip
        ;;
      *) fail "there is no letme for $(uname -s)" 'there is one for Linux, macOS and Windows' ;;
    esac
    case $(uname -m) in
      x86_64 | amd64) cpu=amd64 ;;
      aarch64 | arm64) cpu=arm64 ;;
      *) fail "there is no letme for the CPU $(uname -m)" 'there is one for x86-64 and ARM64' ;;
    esac
    if [ "$system" = darwin ] && [ "$cpu" = amd64 ] &&
      [ "$(sysctl -n sysctl.proc_translated 2> /dev/null || :)" = 1 ]; then
      # A shell of an x86-64 program on Apple silicon.
      cpu=arm64
    fi
    if [ "$system" = linux ]; then
      if has getconf && [ "$(getconf LONG_BIT 2> /dev/null || :)" = 32 ]; then
        fail 'there is no letme for 32-bit systems'
      fi
      # The C library that programs of this machine use: ldd is a part of it.
      case $(ldd --version 2>&1 || :) in
        *musl*) musl=_musl ;;
        *GLIBC* | *glibc* | *'GNU libc'*) ;;
        *) for loader in /lib/ld-musl-*.so.1; do if [ -e "$loader" ]; then musl=_musl; fi; done ;;
      esac
    fi
    suffix=${system}_$cpu$musl.$kind
  }

  require_tools() {
    if has curl; then
      fetcher=curl
    elif has wget; then
      fetcher=wget
    else
      fail 'neither curl nor wget is there' 'install one of them'
    fi
    if has sha256sum; then
      hasher=sha256sum
    elif has shasum; then
      hasher='shasum -a 256'
    elif has openssl; then
      hasher='openssl dgst -sha256 -r'
    else
      fail 'no program for SHA-256 is there' 'install sha256sum, shasum or openssl'
    fi
    if [ "$kind" = zip ]; then unpacker=unzip; else unpacker=tar; fi
    if ! has "$unpacker"; then fail "$unpacker is not there" 'install it'; fi
  }

  # fetch URL FILE: fails where not all of it came.
  fetch() {
    case $fetcher-$1 in
      curl-https:*) curl -fsSL --retry 2 --proto '=https' --tlsv1.2 -o "$2" "$1" ;;
      curl-*) curl -fsSL --retry 2 -o "$2" "$1" ;;
      *) wget -q -O "$2" "$1" ;;
    esac
  }

  # A folder beside the place where the binary goes: it is moved there in one step.
  make_work_folder() {
    if ! mkdir -p "$dir" 2> /dev/null; then
      fail "the folder $dir cannot be made" 'choose another with --dir DIR'
    fi
    if [ -d "$dir/$binary" ]; then fail "$dir/$binary is a folder" 'choose another with --dir DIR'; fi
    if ! work=$(mktemp -d "$dir/.letme-install.XXXXXX" 2> /dev/null); then
      work=
      fail "$dir cannot be written to" 'choose another folder with --dir DIR'
    fi
  }

  # Sets archive, expected and version by the release's checksums.txt.
  find_archive() {
    if [ -n "$version" ]; then from=$base/download/v$version; else from=$base/latest/download; fi
    if ! fetch "$from/checksums.txt" "$work/checksums.txt"; then
      if [ -n "$version" ]; then
        fail "$from/checksums.txt cannot be downloaded" "is $version a release? see $base"
      fi
      fail "$from/checksums.txt cannot be downloaded" 'check the network and its proxy'
    fi
    archive=
    while read -r hash name; do
      case $name in
        letme_*_"$suffix") ;;
        *) continue ;;
      esac
      if [ -n "$archive" ]; then fail 'checksums.txt names two archives for this machine'; fi
      archive=$name
      expected=$hash
    done < "$work/checksums.txt"
    if [ -z "$archive" ]; then fail "the release has no archive for this machine (*_$suffix)"; fi
    found=${archive#letme_}
    found=${found%"_$suffix"}
    case $found in
      *[!0-9A-Za-z.+-]*) fail 'checksums.txt is damaged' ;;
    esac
    if [ -n "$version" ] && [ "$version" != "$found" ]; then
      fail "checksums.txt is of version $found, not $version"
    fi
    version=$found
    case $expected in
      *[!0-9a-f]*) fail 'checksums.txt is damaged' ;;
    esac
    if [ ${#expected} -ne 64 ]; then fail 'checksums.txt is damaged'; fi
  }

  verify() {
    # The hash is the first word of what each of the programs prints.
    actual=$($hasher "$work/$archive")
    actual=${actual%% *}
    if [ "$actual" != "$expected" ]; then
      say "install.sh: the SHA-256 of $archive is not that of the release: nothing was installed"
      say "  expected $expected"
      say "  found    $actual"
      say 'hint: try again; if it stays so, something between you and the release changes the file'
      exit 1
    fi
    if has gh && gh auth status > /dev/null 2>&1; then
      if ! gh attestation verify "$work/$archive" --repo lockedinspace/letme > /dev/null; then
        fail "the attestation of $archive is not valid: nothing was installed"
      fi
      say 'SHA-256 and attestation are right'
    else
      say 'SHA-256 is right'
    fi
  }

  unpack() {
    if [ "$kind" = zip ]; then
      unzip -q -o "$work/$archive" "$binary" -d "$work"
    else
      tar -xzf "$work/$archive" -C "$work" "$binary"
    fi
  }

  install_binary() {
    if ! unpack; then fail "$archive cannot be unpacked" 'is the disk full?'; fi
    chmod 755 "$work/$binary"
    if ! "$work/$binary" --version > "$work/version" 2> "$work/problem"; then
      say "install.sh: letme $version does not run on this machine: nothing was installed"
      sed -n 's/^/  /;1,3p' "$work/problem" >&2
      if [ -n "$musl" ]; then
        say 'hint: it needs libstdc++; on Alpine: apk add libstdc++'
      fi
      exit 1
    fi
    if ! mv -f "$work/$binary" "$dir/$binary"; then
      fail "$dir/$binary cannot be replaced" 'is it in use, or not yours?'
    fi
    read -r line < "$work/version" || :
    say "Installed $line to $dir/$binary"
    case :$PATH: in
      *:"$dir":*) ;;
      *)
        say "$dir is not in your PATH: add this to your shell's profile"
        # shellcheck disable=SC2016 # The profile is to expand it, not this script.
        printf '  export PATH="%s:$PATH"\n' "$dir" >&2
        ;;
    esac
    say "Completion: letme completion --help"
  }

  read_options "$@"
  detect
  require_tools
  trap cleanup EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  make_work_folder
  find_archive
  say "Downloading letme $version ($archive)"
  if ! fetch "$base/download/v$version/$archive" "$work/$archive"; then
    fail "$base/download/v$version/$archive cannot be downloaded" 'check the network, its proxy, and the room on the disk'
  fi
  verify
  install_binary
}

letme_install "$@"
