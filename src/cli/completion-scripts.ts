/**
 * What makes a shell complete letme. Each script asks `letme completion candidates` for the words,
 * so that none of them knows a command, and runs the letme of the PATH, never one that is typed
 * with a path. No word that comes back is expanded by the shell.
 */

const bash = `# bash completion for letme, from bash 3.2 on: eval "$(letme completion bash)"
_letme() {
  local line kind="" text="\${COMP_LINE:0:COMP_POINT}" strip="" current=""
  local -a words
  COMPREPLY=()
  # bash has cut the line at ":" and "=" too; letme wants whole words.
  read -r -a words <<< "$text"
  case $text in
    *[[:space:]]) ;;
    *)
      current=\${words[\${#words[@]} - 1]}
      unset "words[\${#words[@]} - 1]"
      ;;
  esac
  # What bash puts in begins behind the last of these.
  case $COMP_WORDBREAKS in *:*) strip=\${current%"\${current##*:}"} ;; esac
  case $COMP_WORDBREAKS in
    *=*) if [ "\${#strip}" -eq 0 ]; then strip=\${current%"\${current##*=}"}; fi ;;
  esac
  while IFS= read -r line; do
    if [ -z "$kind" ]; then
      kind=$line
      continue
    fi
    line=\${line%%$'\\t'*}
    COMPREPLY[\${#COMPREPLY[@]}]=\${line#"$strip"}
  done < <(command letme completion candidates -- "\${words[@]:1}" ":$current" 2> /dev/null)
  if [ "$kind" = ":files" ]; then
    compopt -o filenames 2> /dev/null
    while IFS= read -r line; do
      COMPREPLY[\${#COMPREPLY[@]}]=$line
    done < <(compgen -f -- "\${current#"$strip"}")
  fi
}
complete -F _letme letme
`;

const zsh = `#compdef letme
# zsh completion for letme: source <(letme completion zsh), or a file _letme in a folder of $fpath
_letme() {
  local line text description
  local -a lines found
  lines=("\${(@f)$(command letme completion candidates -- "\${(@Q)words[2,CURRENT-1]}" ":\${(Q)PREFIX}" 2> /dev/null)}")
  if [[ $lines[1] == :files ]]; then
    compset -P '*='
    _files
    return
  fi
  for line in "\${(@)lines[2,-1]}"; do
    text=\${line%%$'\\t'*}
    description=\${line#*$'\\t'}
    found+=("\${text//:/\\\\:}\${description:+:$description}")
  done
  _describe -t letme letme found
}
if [[ $funcstack[1] == _letme ]]; then
  _letme "$@"
else
  compdef _letme letme
fi
`;

const fish = `# fish completion for letme: letme completion fish > ~/.config/fish/completions/letme.fish
function __letme_candidates
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (command letme completion candidates -- $words[2..-1] ":$current" 2>/dev/null)
    if test "$lines[1]" = ":files"
        __fish_complete_path (string replace -r '^--[^=]*=' '' -- $current)
    else
        printf '%s\\n' $lines[2..-1]
    end
end
complete -c letme -f -a '(__letme_candidates)'
`;

const powershell = `# PowerShell completion for letme: letme completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName letme -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { $_.ToString() })
    $program = Get-Command letme -CommandType Application -ErrorAction SilentlyContinue |
        Select-Object -First 1
    if ($null -eq $program) { return }
    $lines = @(& $program completion candidates -- $words ":$wordToComplete" 2>$null)
    if ($lines.Count -eq 0 -or $lines[0] -eq ':files') { return }
    $lines | Select-Object -Skip 1 | ForEach-Object {
        $text, $description = $_ -split "\`t", 2
        if (-not $description) { $description = $text }
        [System.Management.Automation.CompletionResult]::new($text, $text, 'ParameterValue', $description)
    }
}
`;

/** The script of each shell, by the name that \`letme completion\` takes. */
export const completionScripts = { bash, zsh, fish, powershell } as const;

export type Shell = keyof typeof completionScripts;

/** Whether there is a script for a shell of this name. */
export function isShell(name: string): name is Shell {
  return Object.hasOwn(completionScripts, name);
}
