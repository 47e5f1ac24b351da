/// Addresses of instances in a state of Terraform.
enum TerraformAddress {
  /// The key of an instance: `[0]` or `["k"]`, in the syntax of Terraform's language.
  ///
  /// Source: hashicorp/terraform internal/addrs/instance_key.go, `toHCLQuotedString`.
  static func key(_ number: Int64) -> String { "[\(number)]" }

  /// The same for a key of `for_each`.
  static func key(_ text: String) -> String {
    var result = ""
    let scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "$", "%":
        result.unicodeScalars.append(scalar)
        let next = index + 1 < scalars.count ? scalars[index + 1] : " "
        if next == "{" { result.unicodeScalars.append(scalar) }
      default:
        result += scalar.isHidden ? escape(scalar) : String(scalar)
      }
    }
    return "[\"\(result)\"]"
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    let width = scalar.value < 0x10000 ? 4 : 8
    let zeros = String(repeating: "0", count: width - digits.count)
    return (width == 4 ? "\\u" : "\\U") + zeros + digits
  }

  /// The address of the resource in the configuration, without the keys of its instances and modules, as `removed` blocks
  /// need it; nil for an address of another form.
  static func withoutKeys(_ address: String) -> String? {
    var result = String.UnicodeScalarView()
    var rest = Substring(address).unicodeScalars
    while let scalar = rest.popFirst() {
      guard scalar == "[" else {
        result.append(scalar)
        continue
      }
      guard skipKey(&rest) else { return nil }
    }
    let text = String(result)
    let names = text.split(separator: ".", omittingEmptySubsequences: false)
    return names.count >= 2 && names.allSatisfy(isIdentifier) ? text : nil
  }

  /// Reads the rest of `["k"]` or `[0]`; false if there is something else.
  private static func skipKey(_ rest: inout Substring.UnicodeScalarView) -> Bool {
    guard let first = rest.popFirst() else { return false }
    guard first == "\"" else {
      var isNumber = isDigit(first)
      while let scalar = rest.popFirst() {
        if scalar == "]" { return isNumber }
        isNumber = isNumber && isDigit(scalar)
      }
      return false
    }
    while let scalar = rest.popFirst() {
      if scalar == "\\" { _ = rest.popFirst() }
      if scalar == "\"" { return rest.popFirst() == "]" }
    }
    return false
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  /// Names in Terraform's language consist of letters, digits, `_` and `-`.
  static func isIdentifier(_ name: some StringProtocol) -> Bool {
    guard let first = name.unicodeScalars.first, first == "_" || first.properties.isAlphabetic
    else { return false }
    return name.unicodeScalars.allSatisfy {
      $0 == "_" || $0 == "-" || isDigit($0) || $0.properties.isAlphabetic && !$0.isHidden
    }
  }
}
