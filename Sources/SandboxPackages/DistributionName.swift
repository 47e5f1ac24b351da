/// The name of a Python package in normal form (PEP 503): `Friendly_Bard` becomes `friendly-bard`.
enum PackageName {
  /// Nil if the text is not a valid name: ASCII letters, digits, `-`, `_` and `.`, with a letter or digit at both ends.
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

/// The parts of a file name of a wheel (PEP 427) or a source distribution (PEP 625).
struct DistributionName: Sendable, Hashable {
  /// The name in the upload form's `filetype`.
  enum Kind: String, Sendable { case wheel = "bdist_wheel", source = "sdist" }

  let kind: Kind
  let fileName: String
  /// The package, normalized.
  let package: String
  let version: PythonVersion

  /// The parts of a file whose package and version are known from its name only; nil if it has neither form.
  init?(_ fileName: String) {
    let isWheel = fileName.hasSuffix(".whl")
    guard let stem = isWheel ? fileName.dropLast(4) : Self.sourceStem(fileName) else { return nil }
    let parts = stem.split(separator: "-", omittingEmptySubsequences: false)
    // A source distribution's version follows the last hyphen (PEP 625).
    guard parts.count > 1,
      let name = isWheel
        ? parts[0] : Optional(stem[..<parts[parts.count - 1].startIndex].dropLast()),
      let package = PackageName.normalized(name),
      let version = PythonVersion(
        (isWheel ? parts[1] : parts[parts.count - 1]).replacing("_", with: "-"))
    else { return nil }
    self.init(fileName, package: package, version: version)
  }

  /// Nil if the file name has neither form, or belongs to another package or version than declared.
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

  /// Whether a name is safe in a path and a link: no slash, no control character, nothing to escape.
  private static func isPlain(_ name: String) -> Bool {
    (1...250).contains(name.utf8.count) && name.utf8.first != 0x2E
      && name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || [0x21, 0x2B, 0x2D, 0x2E, 0x5F].contains(byte)
      }
  }

  /// Whether it is `NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM`.
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

  /// Whether it is `NAME-VERSION`. Older tools leave hyphens in both, so every hyphen is tried.
  private static func isSource(
    _ stem: Substring, of package: String, _ version: PythonVersion
  ) -> Bool {
    stem.indices.contains { index in
      stem[index] == "-" && PackageName.normalized(stem[..<index]) == package
        && fits(stem[stem.index(after: index)...], version)
    }
  }

  /// Whether a text is the version. File names have `_` in place of a version's hyphen.
  private static func fits(_ text: Substring, _ version: PythonVersion) -> Bool {
    let spelling = String(text.map { $0 == "_" ? "-" : $0 })
    return PythonVersion(spelling)?.key == version.key
  }
}
