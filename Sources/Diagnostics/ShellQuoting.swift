/// An argument as a POSIX shell reads it back.
package func shellQuoted(_ argument: String) -> String {
  let plain = argument.unicodeScalars.allSatisfy {
    ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
      || "-_=./:@,+%".unicodeScalars.contains($0)
  }
  return plain && !argument.isEmpty
    ? argument : "'" + argument.replacing("'", with: "'\\''") + "'"
}
