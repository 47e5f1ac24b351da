/// The script for zsh: one function for each command, with `_arguments`.
func zshCompletion(_ model: CompletionModel) -> String {
  let name = model.program
  let function = "_" + name.replacing("-", with: "_")
  var text = "#compdef \(name)\n\n"
  text += group(function, [], model.first, options: [])
  for command in model.commands {
    text +=
      command.next.isEmpty
      ? leaf(function, command)
      : group(function, command.words, command.next, options: command.options)
  }
  return text + """
    if [[ $funcstack[1] == \(function) ]]; then
      \(function) "$@"
    else
      compdef \(function) \(name)
    fi

    """
}

/// A function that offers the next words, and continues with the function of the chosen one.
private func group(
  _ function: String, _ words: [String], _ next: [CompletionModel.Next],
  options: [CompletionModel.Entry]
) -> String {
  let own = ([function] + words).joined(separator: "_")
  let described = next.map {
    "    " + quotedForShell("\($0.word):\($0.summary.replacing(":", with: #"\:"#))") + "\n"
  }.joined()
  let cases = next.map { "        \($0.word)) \(own)_\($0.word) ;;\n" }.joined()
  let flags = options.flatMap(spellings).map { "    \($0) \\\n" }.joined()
  return """
    \(own)() {
      local context state state_descr line
      typeset -A opt_args
      local -a commands
      commands=(
    \(described)  )
      _arguments -C \\
    \(flags)    '1: :->command' \\
        '*:: :->rest'
      case $state in
        command) _describe 'command' commands ;;
        rest)
          case $line[1] in
    \(cases)      esac ;;
      esac
    }


    """
}

private func leaf(_ function: String, _ command: CompletionModel.Command) -> String {
  let own = ([function] + command.words).joined(separator: "_")
  let operands = command.operands == .none ? [] : ["'*:argument:\(action(command.operands))'"]
  let lines = (command.options.flatMap(spellings) + operands).map { "    \($0)" }
  return "\(own)() {\n  _arguments -s -S \\\n\(lines.joined(separator: " \\\n"))\n}\n\n"
}

/// An option as `_arguments` takes it: `'--out=[save the plan]:value:_files'`.
private func spellings(_ option: CompletionModel.Entry) -> [String] {
  let help = option.help.map { "[]:\\".contains($0) ? "\\\($0)" : String($0) }.joined()
  let repeated = option.isRepeated || option.values == nil ? "*" : ""
  var sign = ""
  var value = ""
  if let values = option.values {
    sign = option.needsEqualsSign ? "=-" : "="
    value = (option.needsEqualsSign ? "::" : ":") + "value:\(action(values))"
  }
  return [quotedForShell("\(repeated)\(option.name)\(sign)[\(help)]\(value)")]
    + (option.short.map { [quotedForShell("\(repeated)\($0)[\(help)]\(value)")] } ?? [])
}

private func action(_ values: CompletionModel.Values) -> String {
  switch values {
  case .none: " "
  case .files: "_files"
  case .folders: "_files -/"
  case .words(let words): "(\(words.joined(separator: " ")))"
  }
}
