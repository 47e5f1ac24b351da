import Glibc

extension LocalFileSystem {
  /// The files below a folder, with one `scandir` per folder.
  public func files(under folder: String) throws(FileError) -> [String] {
    var files: [String] = []
    // Folders that are not read yet, relative to `folder`, with a slash at the end.
    var folders = [""]
    while let relative = folders.popLast() {
      for name in try names(in: "\(folder)/\(relative)") {
        let path = "\(folder)/\(relative)\(name)"
        switch try status(of: path, followingLinks: false)?.kind {
        case .folder where !name.hasPrefix("."): folders.append("\(relative)\(name)/")
        case .file: files.append(relative + name)
        case .symbolicLink where try status(of: path)?.kind == .file: files.append(relative + name)
        default: break
        }
      }
    }
    return files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The names in one folder. (scandir)
  public func names(in folder: String) throws(FileError) -> [String] {
    var list: UnsafeMutablePointer<UnsafeMutablePointer<dirent>?>?
    let count = Int(try check("scandir", folder) { scandir(folder, &list, nil, nil) })
    defer { free(list) }
    var names: [String] = []
    for index in 0..<count {
      guard let entry = list?[index] else { continue }
      defer { free(entry) }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      let text = String(decoding: name, as: UTF8.self)
      if text != ".", text != ".." { names.append(text) }
    }
    return names
  }
}
