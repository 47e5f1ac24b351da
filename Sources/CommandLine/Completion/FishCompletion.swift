/// The script for fish: one `complete` for each word and option, with a condition on the words before it.
func fishCompletion(_ model: CompletionModel) -> String {
  let name = model.program
  let function = "__" + name.replacing("-", with: "_") + "_is"
  var text = """
    # fish completion for \(name)

    # Whether the command line starts with exactly these words of commands.
    function \(function)
        set -l words (commandline -opc)[2..-1]
        set -l count (count $argv)
        test (count $words) -ge $count; or return 1
        test $count -eq 0; or test "$words[1..$count]" = "$argv"; or return 1
    end

    # Whether the words are all of the command line.
    function \(function)_all
        set -l words (commandline -opc)[2..-1]
        test (count $words) -eq (count $argv); and \(function) $argv
    end

    complete -c \(name) -f
    complete -c \(name) -n '\(function)_all' -l help -s h -d 'print help'
    complete -c \(name) -n '\(function)_all' -l version -d 'print the version'

    """
  text += next(model.first, name, "\(function)_all")
  for command in model.commands {
    text += "\n"
    text += next(command.next, name, "\(function)_all \(command.name)")
    let condition = "\(function) \(command.name)"
    if command.next.isEmpty {
      text += offer(command.operands).map { "complete -c \(name) -n '\(condition)' \($0)\n" } ?? ""
    }
    for option in command.options {
      var parts = ["complete -c \(name) -n '\(condition)'", "-l \(option.name.dropFirst(2))"]
      if let short = option.short { parts.append("-s \(short.dropFirst())") }
      if let values = option.values, !option.needsEqualsSign {
        parts.append(values == .files ? "-r" : "-x")
        if let offered = offer(values) { parts.append(offered) }
      }
      parts.append("-d \(quoted(option.help))")
      text += parts.joined(separator: " ") + "\n"
    }
  }
  return text
}

private func next(_ words: [CompletionModel.Next], _ name: String, _ condition: String) -> String {
  words.map {
    "complete -c \(name) -n '\(condition)' -a \($0.word) -d \(quoted($0.summary))\n"
  }.joined()
}

/// The candidates as `complete` takes them; nil for none.
private func offer(_ values: CompletionModel.Values) -> String? {
  switch values {
  case .none: nil
  case .files: "-F"
  case .folders: "-a '(__fish_complete_directories)'"
  case .words(let words): "-a \(quoted(words.joined(separator: " ")))"
  }
}

/// In single quotes, in which fish knows two escapes.
private func quoted(_ text: String) -> String {
  "'" + text.replacing(#"\"#, with: #"\\"#).replacing("'", with: #"\'"#) + "'"
}
