/// The script for bash: one function that reads the words before the cursor.
///
/// bash splits words at `=`, so `--sandbox=DIR` arrives as three words.
func bashCompletion(_ model: CompletionModel) -> String {
  let name = model.program
  let function = "_" + name.replacing("-", with: "_")
  var cases = ""
  var values = ""
  for command in model.commands {
    let options = command.options.flatMap { [$0.name, $0.short].compactMap { $0 } }
    let next = command.next.map(\.word).joined(separator: " ")
    cases +=
      "    \(quotedForShell(command.name))) options=\(quotedForShell(options.joined(separator: " "))) "
      + "next=\(quotedForShell(next)) operands=\(quotedForShell(spelling(command.operands))) ;;\n"
    for option in command.options {
      guard let offered = option.values else { continue }
      let pattern = quotedForShell("\(command.name) \(option.name)")
      values += "    \(pattern)) values=\(quotedForShell(spelling(offered))) ;;\n"
    }
  }
  // Options whose value follows after `=` only take none from the next word.
  let detached = Set(
    model.commands.flatMap(\.options).filter(\.needsEqualsSign).map(\.name)
  ).sorted().joined(separator: "|")
  let first = model.first.map(\.word).joined(separator: " ")
  return """
    # bash completion for \(name)

    \(function)_command() {
      options='--help --version' next=\(quotedForShell(first)) operands=''
      case $1 in
    \(cases)  esac
    }

    \(function)_values() {
      values=''
      case "$1 $2" in
    \(values)  esac
    }

    \(function)_offer() {
      case $1 in
        '@files') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
        '@folders') compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$2") ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2") ;;
      esac
    }

    \(function)() {
      local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
      local command='' word options next operands values index
      local -a before=("${COMP_WORDS[@]:1:COMP_CWORD-1}")
      COMPREPLY=()
      for word in "${before[@]}"; do
        \(function)_command "$command"
        [[ " $next " == *" $word "* ]] || break
        command=${command:+$command }$word
      done
      local attached=no
      if [[ $current == '=' ]]; then
        attached=yes current=''
      elif [[ $previous == '=' && COMP_CWORD -ge 2 ]]; then
        attached=yes previous=${COMP_WORDS[COMP_CWORD-2]}
      fi
      if [[ $previous == --* ]]; then
        \(function)_values "$command" "$previous"
        if [[ $attached == no ]]; then
          case $previous in \(detached.isEmpty ? "''" : detached)) values='' ;; esac
        fi
        if [[ -n $values ]]; then
          [[ $values == '@none' ]] || \(function)_offer "$values" "$current"
          return
        fi
      fi
      \(function)_command "$command"
      if [[ $current == -* ]]; then
        \(function)_offer "$options" "$current"
      elif [[ -n $next ]]; then
        \(function)_offer "$next" "$current"
      elif [[ -n $operands && $operands != '@none' ]]; then
        \(function)_offer "$operands" "$current"
      fi
    }

    complete -F \(function) \(name)

    """
}

private func spelling(_ values: CompletionModel.Values) -> String {
  switch values {
  case .none: "@none"
  case .files: "@files"
  case .folders: "@folders"
  case .words(let words): words.joined(separator: " ")
  }
}
