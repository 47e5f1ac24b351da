/// The name of a Python package in its normal form (PEP 503): `Friendly_Bard` is `friendly-bard`.
enum PackageName {
  /// Nil when the text is not a name: ASCII letters, digits, `-`, `_` and `.`, a letter or digit at both ends.
  static func normalized(_ name: some StringProtocol) -> String? {
    let bytes = Array(name.utf8)
    guard (1...200).contains(bytes.count), let first = bytes.first, let last = bytes.last,
      isAlphanumeric(first), isAlphanumeric(last)
    else { return nil }
    var result: [UInt8] = []
    for byte in bytes {
      if isAlphanumeric(byte) {
        result.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
      } else if [0x2D, 0x2E, 0x5F].contains(byte) {
        if result.last != 0x2D { result.append(0x2D) }
      } else {
        return nil
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}

/// What the file name of a wheel (PEP 427) or a source distribution (PEP 625) says.
struct DistributionName: Sendable, Hashable {
  /// As the upload form's `filetype` names it.
  enum Kind: String, Sendable { case wheel = "bdist_wheel", source = "sdist" }

  let kind: Kind
  let fileName: String
  /// The package, normalised.
  let package: String
  let version: PythonVersion

  /// Nil when the file name fits neither form, or another package or version than the declared ones.
  init?(_ fileName: String, package: String, version: PythonVersion) {
    guard Self.isPlain(fileName) else { return nil }
    if fileName.hasSuffix(".whl") {
      guard Self.isWheel(fileName.dropLast(4), of: package, version) else { return nil }
      kind = .wheel
    } else {
      guard let stem = Self.sourceStem(fileName), Self.isSource(stem, of: package, version) else {
        return nil
      }
      kind = .source
    }
    self.fileName = fileName
    self.package = package
    self.version = version
  }

  /// Fit for a path and a link: no slash, no control character, nothing to be escaped.
  private static func isPlain(_ name: String) -> Bool {
    (1...250).contains(name.utf8.count) && name.utf8.first != 0x2E
      && name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || [0x21, 0x2B, 0x2D, 0x2E, 0x5F].contains(byte)
      }
  }

  /// `NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM`
  private static func isWheel(
    _ stem: Substring, of package: String, _ version: PythonVersion
  ) -> Bool {
    let parts = stem.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 5 || parts.count == 6, parts.allSatisfy({ !$0.isEmpty }),
      parts.count == 5 || parts[2].first?.isNumber == true
    else { return false }
    return PackageName.normalized(parts[0]) == package && fits(parts[1], version)
  }

  private static func sourceStem(_ fileName: String) -> Substring? {
    for ending in [".tar.gz", ".zip"] where fileName.hasSuffix(ending) {
      return fileName.dropLast(ending.count)
    }
    return nil
  }

  /// `NAME-VERSION`; older tools leave hyphens in both.
  private static func isSource(
    _ stem: Substring, of package: String, _ version: PythonVersion
  ) -> Bool {
    stem.indices.contains { index in
      stem[index] == "-" && PackageName.normalized(stem[..<index]) == package
        && fits(stem[stem.index(after: index)...], version)
    }
  }

  /// A file name writes `_` for the hyphen of a version.
  private static func fits(_ text: Substring, _ version: PythonVersion) -> Bool {
    let spelt = String(text.map { $0 == "_" ? "-" : $0 })
    return PythonVersion(spelt)?.key == version.key
  }
}
