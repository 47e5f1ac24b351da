import CGetopt
import Diagnostics
import Glibc
import Synchronization

/// The state of getopt_long is global; no other code in the process may call getopt.
private let getoptLock = Mutex(())

/// One part of a command line, in order.
enum ScannedArgument: Equatable {
  case option(Int, value: String?)
  case operand(String)
}

/// Divides arguments into options and operands (`getopt_long`, serialized).
///
/// Long options must be written in full: getopt_long accepts any unique prefix, and a misspelled option must never
/// select a flag that allows a hazard.
func scan(_ arguments: [String], for options: [Option]) throws(UsageError) -> [ScannedArgument] {
  let result = getoptLock.withLock { _ -> Result<[ScannedArgument], UsageError> in
    var scanner = Scanner(arguments, options)
    defer { scanner.free() }
    return Result { () throws(UsageError) in try scanner.run() }
  }
  return try result.get()
}

private struct Scanner {
  private let options: [Option]
  private let arguments: [String]
  private var argv: [UnsafeMutablePointer<CChar>?]
  private var names: [UnsafeMutablePointer<CChar>?]
  private var scanned: [ScannedArgument] = []
  /// getopt_long's values for long options start here, above every character.
  private static let firstValue: Int32 = 256

  init(_ arguments: [String], _ options: [Option]) {
    self.options = options
    self.arguments = ["program"] + arguments
    argv = self.arguments.map { strdup($0) } + [nil]
    names = options.map { strdup($0.name) }
  }

  func free() { (argv + names).forEach { Glibc.free($0) } }

  mutating func run() throws(UsageError) -> [ScannedArgument] {
    getopt_set_index(0)
    getopt_silence()
    // "+": stop at operands, which are read here. ":": report a missing value and an unknown name differently.
    let shorts = "+:" + options.map(Self.shortForm).joined()
    let table =
      zip(options, names).enumerated().map { index, entry in
        option(
          name: entry.1, has_arg: Self.argument(entry.0.kind), flag: nil,
          val: Self.firstValue + Int32(index))
      } + [option()]
    while true {
      let index = max(1, Int(getopt_index()))
      try checkSpelling(index)
      let code = getopt_long(Int32(arguments.count), argv, shorts, table, nil)
      guard code == -1 else {
        try take(code, index)
        continue
      }
      if index < arguments.count, arguments[index] != "--" {
        scanned.append(.operand(arguments[index]))
        getopt_set_index(Int32(index + 1))
      } else {
        let rest = arguments.dropFirst(Int(getopt_index()))
        return scanned + rest.map { .operand($0) }
      }
    }
  }

  private func checkSpelling(_ index: Int) throws(UsageError) {
    guard index < arguments.count, arguments[index].utf8.count > 2,
      arguments[index].utf8.starts(with: "--".utf8)
    else { return }
    let name = arguments[index].dropFirst(2).prefix { $0 != "=" }
    guard !options.contains(where: { $0.name == name }) else { return }
    throw unknown("--\(name)", meant: String(name))
  }

  private mutating func take(_ code: Int32, _ index: Int) throws(UsageError) {
    let character = UInt8(exactly: code).map { Character(Unicode.Scalar($0)) }
    switch character {
    case "?": throw unknownOrWithoutValue(index)
    case ":":
      guard let found = position(of: getopt_option()) else { throw unknownOrWithoutValue(index) }
      throw UsageError("option `--\(options[found].name)` needs a value")
    default:
      guard let found = position(of: code) else { throw unknownOrWithoutValue(index) }
      scanned.append(.option(found, value: getopt_argument().map { String(cString: $0) }))
    }
  }

  private func position(of code: Int32) -> Int? {
    if code >= Self.firstValue { return Int(code - Self.firstValue) }
    guard let byte = UInt8(exactly: code) else { return nil }
    return options.firstIndex { $0.short?.asciiValue == byte }
  }

  private func unknownOrWithoutValue(_ index: Int) -> UsageError {
    let code = getopt_option()
    if code >= Self.firstValue, let found = position(of: code) {
      return UsageError("option `--\(options[found].name)` takes no value")
    }
    let argument = index < arguments.count ? arguments[index] : ""
    let isLetter = (0x21...0x7E).contains(code)
    let letter = UInt8(exactly: code).map { "-\(Character(Unicode.Scalar($0)))" } ?? argument
    return unknown(isLetter ? letter : argument, meant: String(argument.drop { $0 == "-" }))
  }

  private func unknown(_ spelling: String, meant word: String) -> UsageError {
    let isShort = !spelling.hasPrefix("--")
    let near = isShort && word.count < 3 ? nil : closestMatch(to: word, in: options.map(\.name))
    return UsageError(
      "unknown option `\(escapedForTerminal(spelling))`", suggestion: near.map { "--\($0)" },
      unknown: spelling)
  }

  private static func shortForm(_ option: Option) -> String {
    guard let short = option.short, short.isASCII else { return "" }
    return String(short) + String(repeating: ":", count: Int(argument(option.kind)))
  }

  private static func argument(_ kind: Option.Kind) -> Int32 {
    switch kind {
    case .flag: no_argument
    case .value, .repeated: required_argument
    case .optionalValue: optional_argument
    }
  }
}
